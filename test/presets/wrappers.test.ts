import { test } from "uvu";
import * as assert from "uvu/assert";
import { programOf, shellCommand } from "../../src/presets/words.ts";
import { basename, leavesLinesOut, passes } from "../../src/presets/wrappers.ts";

const inner = (line: string) => programOf(shellCommand(line)?.words ?? [])?.words.join(" ");

const SEEN_THROUGH = [
  "env free -m",
  "env -i -u HOME --chdir=/ A=b LC_ALL=C free -m",
  "/usr/bin/env LC_ALL=C free -m",
  "sudo free -m",
  "sudo -nu root -- free -m",
  "sudo --user=root --preserve-env=PATH LC_ALL=C free -m",
  "sudo --user root free -m",
  "doas -u root free -m",
  "nice free -m",
  "nice -n 5 free -m",
  "nice -n5 free -m",
  "nice -10 free -m",
  "nice --adjustment 5 free -m",
  "ionice -c3 free -m",
  "ionice -c 2 -n 7 -t free -m",
  "timeout 5 free -m",
  "timeout -s KILL -k 1 --foreground 5s free -m",
  "nohup free -m",
  "stdbuf -oL free -m",
  "stdbuf -o L --error=0 free -m",
  "setsid -w free -m",
  "taskset -c 0 free -m",
  "taskset 1 free -m",
  "time -p free -m",
  "exec -a x free -m",
  "command -p free -m",
  "chroot --userspec=a:b /srv free -m",
  "nsenter -t 1 -m -p free -m",
  "nsenter --target=1 --mount=/x --all free -m",
  "unshare -mpf --mount-proc=/x --map-user 1 free -m",
  "docker exec web free -m",
  "docker exec -it -u root -w / -e A=b web free -m",
  "docker --host unix:///x -D exec --user=root web free -m",
  "podman exec web free -m",
  "kubectl exec -n ns pod -c x -- free -m",
  "lxc exec web -- free -m",
  "ssh host free -m",
  "ssh -p 22 -i key -oBatchMode=yes -T user@host -q free -m",
  "ssh host 'free -m'",
  "ssh host -- free -m",
  "sh -c 'free -m'",
  "bash -lc 'free -m' x",
  "bash -e -o pipefail -c 'free -m | cat'",
  "busybox free -m",
  "toybox free -m",
  "busybox sh -c 'free -m'",
];

for (const line of SEEN_THROUGH) {
  test(`programOf() sees free -m in: ${line}`, () => {
    assert.is(inner(line), "free -m");
  });
}

const UNCERTAIN = [
  "env -S 'free -m'",
  "env --no-such free -m",
  "sudo -l free",
  "sudo --edit free",
  "command -v free",
  "timeout -q 5 free",
  "ionice -p 1",
  "taskset -p 1",
  "docker run --rm alpine free -m",
  "docker ps",
  "docker exec --no-such x web free",
  "kubectl exec pod free",
  "kubectl get pods -- free",
  "ssh host",
  "ssh -N host free",
  "ssh -V",
  "bash script.sh",
  "bash -s free",
  "busybox --list",
  "busybox",
  "nsenter --no-such free",
];

for (const line of UNCERTAIN) {
  test(`programOf() is not certain of: ${line}`, () => {
    assert.is(inner(line), undefined);
  });
}

test("basename() takes the folders of Unix and Windows off", () => {
  assert.is(basename("free"), "free");
  assert.is(basename("/usr/bin/free"), "free");
  assert.is(basename("C:\\Windows\\System32\\wbem\\WMIC.EXE"), "wmic");
  assert.is(basename("powershell.exe"), "powershell");
  assert.is(basename("/opt/odd\\name"), "odd\\name");
});

test("passes() knows what hands lines on as they are", () => {
  for (const line of ["grep -i mem", "/usr/bin/tee x", "sort", "head -15", "tail -n +2", "sed -n 2p"]) {
    assert.ok(passes(line.split(" ")), line);
  }
  for (const line of ["head -c 99", "tail --bytes=9", "cut -f1", "wc -l", "numfmt", "awk", ""]) {
    assert.not(passes(line.split(" ")), line);
  }
});

test("passes() knows awk programs that only choose lines", () => {
  for (const program of [
    "/Mem/",
    "NR<=5",
    "NR==1,/x\\/y/",
    '!/Low/ && $1 == "Mem:"',
    "/Mem/ {print}",
    "NR > 1 { print $0 }",
  ]) {
    assert.ok(passes(["awk", program]), program);
  }
  for (const program of ["{print $2}", "/Mem/ {print $2 * 1024}", '$1=""', "gsub(/1/,2)", "", "NR==1{print;print}"]) {
    assert.not(passes(["awk", program]), program);
  }
});

test("leavesLinesOut() tells filters from what copies", () => {
  for (const program of ["grep", "/usr/bin/head", "tail", "sed", "awk", "uniq"])
    assert.ok(leavesLinesOut([program]), program);
  assert.not(leavesLinesOut(["grep", "-sH", "", "/x"]));
  for (const program of ["cat", "tee", "sort", "free", ""]) assert.not(leavesLinesOut([program]), program);
});

test.run();
