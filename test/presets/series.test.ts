import { test } from "uvu";
import * as assert from "uvu/assert";
import { presetFor } from "../../src/presets/table.ts";
import { OverflowError } from "../../src/text.ts";

const MEBIBYTE = 2 ** 20;
const LINES: Readonly<Record<string, readonly [head: string, row: (i: number) => string]>> = {
  "zramctl --raw --bytes": ["NAME DISKSIZE DATA\n", (i) => `/dev/zram${i} ${i} ${i}\n`],
  "cat /proc/swaps": ["Filename Type Size Used Priority\n", (i) => `/swap${i} file ${i} 0 -2\n`],
  "cat /proc/meminfo": ["MemTotal: 1 kB\n", (i) => `Key${i}: ${i} kB\n`],
  'grep -H "" /sys/fs/cgroup/a/memory.stat': ["", (i) => `/sys/fs/cgroup/a/memory.stat:pg${i} ${i}\n`],
  "swapinfo -k": ["Device 1K-blocks Used Avail Capacity\n", (i) => `/dev/da${i} 2 1 1 50%\n`],
  "cat /sys/devices/system/node/node*/meminfo": ["", (i) => `Node ${i} MemTotal: 1 kB\n`],
};

for (const [line, [head, row]] of Object.entries(LINES)) {
  test(`${line}: a mebibyte of valid rows is more than max_series, and ends the reading`, () => {
    let text = head;
    for (let i = 0; text.length < MEBIBYTE; i += 1) text += row(i);
    if (line.startsWith("swapinfo")) text += "Total 2 1 1 50%\n";
    const words = ["/bin/sh", "-c", line];
    const preset = presetFor(words);
    const stdout = new TextEncoder().encode(text);
    assert.throws(
      () => preset?.read({ stdout, words, maxSeries: 1000 }),
      (error: unknown) => error instanceof OverflowError,
    );
    const few = new TextEncoder().encode(head + row(1));
    assert.ok(preset?.read({ stdout: few, words, maxSeries: 1000 }).length);
  });
}

test.run();
