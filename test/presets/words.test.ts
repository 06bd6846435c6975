import { test } from "uvu";
import * as assert from "uvu/assert";
import { commandOf, lineWords, programOf, shellCommand, writtenLine } from "../../src/presets/words.ts";

const shellWords = (line: string) => shellCommand(line)?.words ?? [];
const words = (line: string) => shellWords(line).join("|");

test("shellCommand() takes quotes and backslashes off", () => {
  assert.equal(shellWords(`free '-m' "-s 1" fr\\ee a\\ b 'x'"y"z`), ["free", "-m", "-s 1", "free", "a b", "xyz"]);
  assert.equal(shellWords(`free "a\\"b\\$c\\d" 'e\\f' ""`), ["free", 'a"b$c\\d', "e\\f", ""]);
  assert.equal(shellWords("free \\\n -m # why"), ["free", "-m"]);
  assert.equal(shellWords("free a#b"), ["free", "a#b"]);
});

test("shellCommand() leaves redirections out", () => {
  for (const line of [
    "free -m 2>/dev/null",
    "free >&2 -m",
    "2>&1 free -m",
    "free -m &> x",
    "free -m < /dev/null 3<>x",
    "free 2> x -m >| y",
  ]) {
    assert.is(words(line), "free|-m", line);
  }
  assert.is(words("free 5 > x"), "free|5");
});

test("shellCommand() gives the first command of a pipeline that only hands lines on", () => {
  assert.is(words("free -m | grep -v Low | tee /tmp/x"), "free|-m");
  assert.is(words("free -m |& cat"), "free|-m");
  assert.is(words("cat /proc/meminfo | /usr/bin/head -n 3"), "cat|/proc/meminfo");
  assert.is(words("free | awk '{ print $2 * 1024 }'"), "");
  assert.is(words("free | numfmt --from=iec"), "");
});

test("shellCommand() gives the one command of a list that isn't an aside", () => {
  assert.is(words("cd /tmp && free -m"), "free|-m");
  assert.is(words("export LC_ALL=C; set -e\nfree -m || true"), "free|-m");
  assert.is(words("X=1; (umask 077; free -m) &"), "free|-m");
  assert.is(words("{ free -m; }"), "free|-m");
  assert.is(words("! free -m"), "free|-m");
  assert.is(words("LC_ALL=C X= free -m"), "LC_ALL=C|X=|free|-m");
});

test("shellCommand() ignores commands whose stdout goes elsewhere", () => {
  assert.is(words("command -v free >/dev/null 2>&1 && free -m"), "free|-m");
  assert.is(words("sync >/dev/null; free -m"), "free|-m");
  assert.is(words("free -m >/tmp/x"), "free|-m");
  assert.is(words("free -m >/tmp/x; cat /tmp/x"), "cat|/tmp/x");
  assert.is(words("free -m >/tmp/x; free >/tmp/y"), "");
});

test("shellCommand() knows filters behind what starts them", () => {
  assert.is(words("free -m | LC_ALL=C grep Mem | sudo tee /tmp/x | busybox cat"), "free|-m");
  assert.is(words("free -m | sudo cut -c1"), "");
});

test("shellCommand() gives nothing where the command isn't certain", () => {
  for (const line of [
    "",
    "   ",
    "# free",
    "cd /tmp",
    "free -b -w || free -b",
    "free; cat /proc/meminfo",
    "for i in 1 2; do free; done",
    "if true; then free; fi",
    "while sleep 1; do free; done",
    "eval free -m",
    ". /etc/x; free",
    "free $OPTS",
    "$FREE -m",
    "free $(echo -m)",
    "free `echo -m`",
    'free "$(echo "-m")"',
    `free \${X:-m}`,
    "free <<EOF",
    "cat <(free)",
    "free 'x",
    'free "x',
  ]) {
    assert.is(words(line), "", line);
  }
});

test("shellCommand() keeps a variable where it is one word for certain", () => {
  assert.equal(shellWords('ssh "$HOST" free -m'), ["ssh", "$HOST", "free", "-m"]);
  assert.equal(shellWords("X=$Y free -m"), ["X=$Y", "free", "-m"]);
});

test("programOf() takes the path off and looks through what starts a program", () => {
  const free = { program: "free", words: ["free", "-m"], partial: false, respaced: false };
  assert.equal(programOf(["/usr/bin/free", "-m"]), { ...free, through: [] });
  assert.equal(programOf(["A=b", "C=d", "free", "-m"]), { ...free, through: [] });
  assert.equal(programOf(["sudo", "-n", "-u", "x", "nice", "-n", "5", "free", "-m"]), {
    ...free,
    through: ["sudo", "nice"],
  });
  assert.equal(programOf(["sh", "-c", "LC_ALL=C exec free -m | cat"]), { ...free, through: ["sh", "exec"] });
  assert.equal(programOf(["ssh", "host", "sudo", "busybox", "free", "-m"]), {
    ...free,
    through: ["ssh", "sudo", "busybox"],
  });
});

test("programOf() tells whether the line leaves lines out", () => {
  const partial = (line: string) => programOf(["/bin/sh", "-c", line])?.partial;
  for (const line of [
    "free | head -2",
    "sudo sh -c 'free | grep Mem'",
    "head /proc/meminfo",
    "free | tee x | sed -n 2p",
  ])
    assert.is(partial(line), true, line);
  for (const line of ["free", "free | cat", "cat /proc/meminfo | sort", "sudo free -m"])
    assert.is(partial(line), false, line);
  assert.is(partial("free | head -c 9"), undefined);
});

test("programOf() tells whether the line moves figures", () => {
  const respaced = (line: string) => programOf(["/bin/sh", "-c", line])?.respaced;
  assert.is(respaced("free | tr -s ' '"), true);
  assert.is(respaced("sudo sh -c 'free | column -t' | cat"), true);
  assert.is(respaced("free | tr -d '\\r' | grep Mem"), false);
});

test("commandOf() gives the words as they are where the program isn't certain", () => {
  assert.equal(commandOf(["sh", "x.sh"]), {
    ...{ program: "", words: ["sh", "x.sh"], through: [] },
    ...{ partial: false, respaced: false },
  });
});

test("writtenLine() and lineWords() give a line for the shell as it was written", () => {
  assert.is(writtenLine(lineWords("free | cat")), "free | cat");
  assert.is(writtenLine(["free", "-m"]), "free -m");
});

test("programOf() gives nothing where the program isn't certain", () => {
  for (const argv of [
    [],
    [""],
    ["A=b"],
    ["env"],
    ["env", "A=b"],
    ["-m"],
    ["sudo", "-l"],
    ["sh", "x.sh"],
    ["sh", "-c", "free; free"],
    ["nice", "--no-such", "free"],
  ]) {
    assert.is(programOf(argv), undefined, argv.join(" "));
  }
});

test("programOf() takes no longer for deep nesting than it has words", () => {
  const argv = [...Array.from({ length: 500 }, () => "nohup"), "free"];
  assert.is(programOf(argv)?.through.length, 500);
});

test.run();
