import { test } from "uvu";
import * as assert from "uvu/assert";
import { writtenLines } from "../../src/parsers/lines.ts";
import { parsePs } from "../../src/parsers/ps.ts";
import { readCuts, refusal } from "../cuts.ts";

const read = (text: string) =>
  parsePs(writtenLines(text)).map(({ name, residentBytes }) => `${residentBytes / 1024} ${name}`);

const PROCPS = "14448 process_api\n    0 kworker/0:0H-kblockd\n 4240 tmux: server\n  512 12 days\n";

test("parsePs() reads KiB and names with blanks", () => {
  assert.equal(read(PROCPS), ["14448 process_api", "0 kworker/0:0H-kblockd", "4240 tmux: server", "512 12 days"]);
});

test("parsePs() reads the heading and the suffixes of busybox", () => {
  assert.equal(read("RSS  COMMAND\n 14m process_api\n   0 kthreadd\n1.2g big\n1252 x\n"), [
    `${14 * 1024} process_api`,
    "0 kthreadd",
    `${Math.round(1.2 * 2 ** 30) / 1024} big`,
    "1252 x",
  ]);
});

test("parsePs() finds the heading where sort(1) puts it, and refuses a second list", () => {
  assert.equal(read("  12 a\n  RSS COMMAND\n   0 b\n"), ["12 a", "0 b"]);
  assert.match(
    refusal(() => read("RSS COMMAND\n 12 a\nRSS COMMAND\n 12 a\n")),
    /^line 3: found "RSS COMMAND", wanted a size and a name$/,
  );
});

test("parsePs() reads a process without a name", () => {
  assert.equal(read("  12 \n  13 a\n"), ["12 ", "13 a"]);
});

test("parsePs() refuses other lists", () => {
  for (const [text, message] of [
    ["", /^found no process/],
    ["RSS COMMAND\n", /^found no process/],
    ["  PID TTY          TIME CMD\n    1 ?        00:00:01 init\n", /^line 1: found/],
    ["USER       PID %CPU %MEM\nroot 1 0 0\n", /^line 1: found/],
    [" 12 a\n -1 b\n", /^line 2: found " -1 b", wanted a size and a name$/],
    [" 12M a\n", /^line 1/],
    ["ps: bad -o argument\n", /^line 1/],
    ["12\n13\n", /^found no name, wanted those of processes$/],
    [PROCPS.trimEnd(), /^line 4: found " {2}512 12 days" without a line end, wanted a whole line$/],
    [" 12 a\n 13", /^line 2: found " 13" without a line end/],
    ["9223372036854771712 a\n", /^line 1: found "9223372036854771712", wanted a resident size$/],
    [" 99999999999999999999 a\n", /^line 1: found "99999999999999999999" as resident size/],
  ] as const) {
    assert.match(
      refusal(() => read(text)),
      message,
    );
  }
});

test("parsePs() refuses a row that is cut off", () => {
  for (const [length, rows] of readCuts(PROCPS, read)) {
    assert.match(PROCPS.slice(0, length), /\n *$/);
    assert.equal(rows, read(PROCPS).slice(0, rows.length));
  }
});

test.run();
