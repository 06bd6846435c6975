import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { CheckedCase } from "../expected.ts";
import { run } from "../exporter.ts";
import { affordable } from "../forms.ts";
import { memoryCase, memoryCases } from "../memory_cases.ts";
import { faultsOf } from "./parsed.ts";

/** Cases that every form reads; parse_cases.test.ts has all. */
const EVERYWHERE = [
  "procps402-wide",
  "procps404-human",
  "busybox135-mebi",
  "meminfo-linux618",
  "vmstat-s-mebi",
  "bad-html",
  "bad-cut-mid-number",
];

const CASES = memoryCases() as CheckedCase[];

test("parse gives the figures of an output by its command line, or refuses it in one line", async () => {
  const cases = CASES.filter(({ name }) => EVERYWHERE.includes(name));
  assert.is(cases.length, EVERYWHERE.length);
  assert.is((await faultsOf(cases)).join("\n"), "");
});

test("parse reads a file too, by the name of a preset, in every format", async () => {
  const file = fileURLToPath(new URL("../fixtures/memory/meminfo-linux618/stdout", import.meta.url));
  const wanted = {
    text: /^memory_total_bytes 25276063744$/m,
    openmetrics: /^# UNIT memory_total_bytes bytes\n[\s\S]*^memory_total_bytes 25276063744(\.0)?$[\s\S]*\n# EOF\n$/m,
    json: /"name": "memory_total_bytes"/,
    table: /^memory_total_bytes +25276063744 +23\.5 GiB/m,
  };
  for (const [format, pattern] of affordable(Object.entries(wanted), 1)) {
    const args = ["parse", `--file=${file}`, "--command.preset=meminfo", `--format=${format}`];
    const { code, stdout, stderr } = await run({ args });
    assert.equal([code, stderr], [0, ""]);
    assert.match(stdout, pattern);
  }
});

test("without a command line an output of free is read only if its figures have units", async () => {
  const args = ["parse", "--format=json"];
  const human = await run({ args, stdin: memoryCase("procps404-human").stdout });
  const [total] = JSON.parse(human.stdout).filter(({ name }: { name: string }) => name === "memory_total_bytes");
  // 3.6Gi
  assert.is(total.samples[0].value, Math.round(3.6 * 2 ** 30));
  assert.is(human.code, 0);
  for (const name of affordable(["procps402-mebi", "procps402-default", "procps402-human-si"], 1)) {
    const { code, stdout, stderr } = await run({ args, stdin: memoryCase(name).stdout });
    assert.equal([code, stdout], [2, ""], name);
    assert.match(
      stderr,
      /^memory_exporter: error: line 2: found "\w+" in column "total", wanted a figure with its unit, like 15Gi; name the command that printed it, like --command='free -m', since the units depend on it\n$/,
    );
  }
});

test("--command.output-of says which command printed an output", async () => {
  const { stdout: stdin } = memoryCase("procps402-mebi");
  for (const args of affordable(
    [["--command.output-of=free -m"], ["--command=mem.sh", "--command.output-of=free -m"]],
    1,
  )) {
    const { code, stdout } = await run({ args: ["parse", ...args], stdin });
    assert.match(stdout, /^memory_total_bytes 25275924480$/m);
    assert.is(code, 0);
  }
});

test("units follow from the command line, and so does the prefix", async () => {
  const { stdout: stdin } = memoryCase("procps402-mebi");
  for (const [line, total] of affordable(
    [
      ["free -m", 24105 * 2 ** 20],
      ["sudo free --mebi", 24105 * 2 ** 20],
      ["free -k", 24105 * 2 ** 10],
    ] as const,
    1,
  )) {
    const args = ["parse", `--command=${line}`, "--metrics.namespace=host", "--format=json"];
    const { code, stdout } = await run({ args, stdin });
    const families: { name: string; samples: { value: number }[] }[] = JSON.parse(stdout);
    assert.is(code, 0);
    assert.is(families.find(({ name }) => name === "host_total_bytes")?.samples[0]?.value, total, line);
  }
});

test("what can't be read to its end is refused", async () => {
  const folder = await run({ args: ["parse", `--file=${import.meta.dirname}`] });
  assert.equal([folder.code, folder.stdout], [1, ""]);
  assert.match(folder.stderr, /^memory_exporter: error: cannot read "[^"]+": it is a directory\n$/);
  const endless = await run({ args: ["parse", "--command=free", "--file=/dev/zero"] });
  assert.equal([endless.code, endless.stdout], [2, ""]);
  assert.is(endless.stderr, 'memory_exporter: error: found more than 67108864 bytes in "/dev/zero"\n');
  const large = await run({ args: ["parse", "--command=free"], stdin: Buffer.alloc(64 * 2 ** 20 + 1, " ") });
  assert.equal([large.code, large.stdout], [2, ""]);
  assert.is(large.stderr, "memory_exporter: error: found more than 67108864 bytes in stdin\n");
});

test.run();
