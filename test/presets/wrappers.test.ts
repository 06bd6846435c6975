import { test } from "uvu";
import * as assert from "uvu/assert";
import { programOf, shellCommand } from "../../src/presets/words.ts";

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
  "env - PATH=/bin free -m",
  "su -c 'free -m'",
  "su - root -c 'free -m'",
  "su -l -s /bin/sh root --command='free -m'",
  "runuser -u nobody -- free -m",
  "runuser -l nobody -c 'free -m'",
  "setpriv --reuid=1 --regid 1 --clear-groups free -m",
  "gosu nobody free -m",
  "pkexec --user root free -m",
  "fakeroot -- free -m",
  "chrt -b 0 free -m",
  "chrt --idle free -m",
  "numactl -N 0 --membind=0 free -m",
  "prlimit --as=1000 -n100 free -m",
  "cgexec -g memory:x free -m",
  "systemd-run -qP -p MemoryMax=9M --user free -m",
  "ip netns exec x free -m",
  "ip -n x vrf exec y sudo free -m",
  "flock -w 5 /tmp/l free -m",
  "flock /tmp/l -c 'free -m'",
  "setarch x86_64 -R free -m",
  "linux32 free -m",
  "nsenter -m/proc/1/ns/mnt free -m",
  "script -qec 'free -m' /dev/null",
  "script -q /dev/null free -m",
  "sshpass -p x ssh host free -m",
  "autossh -M 0 host free -m",
  "rsh -l me host free -m",
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
  "su root free",
  "su - root",
  "ip addr show free",
  "ip netns list",
  "flock /tmp/l",
  "chrt -p 1",
  "script -q x",
  "setarch --list",
];

for (const line of UNCERTAIN) {
  test(`programOf() is not certain of: ${line}`, () => {
    assert.is(inner(line), undefined);
  });
}

test.run();
