import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { execute } from "../execute.ts";
import { run, sampleOf, withExporter } from "../exporter.ts";
import { scrape } from "../http.ts";
import { until, withFolder } from "../stand_in.ts";

/** What is said of outputs and files that can't be read: each fails its command alone, with one line that has the reason. */

type Bad = { readonly command?: string; readonly file?: string; readonly parser: string; readonly value?: string };

const printed = (text: string, parser: string, value = "a"): Bad => ({
  command: `printf '${text}'`,
  parser,
  value,
});

/** What is given, and what is said of it. FOLDER is that of the files. */
const BAD: readonly (readonly [given: Bad, reason: string])[] = [
  [printed("a=1\\n\\351=2\\n", "keyvalue"), "line 2: found bytes that aren't UTF-8, wanted text in UTF-8"],
  [printed("<html>\\n", "json"), 'line 1: found "<html>\\n", wanted JSON'],
  [printed('{"a": [1, 2', "json"), "line 1: found the end of the output, wanted the rest of the JSON"],
  [
    { command: "printf '%0200000d' 0 | tr 0 '['", parser: "json" },
    "line 1: found JSON nested deeper than 100, wanted less",
  ],
  [printed("", "json"), "line 1: found nothing, wanted JSON"],
  [printed("", "csv"), "found no row, wanted comma-separated values"],
  [printed("", "table"), "found no row, wanted a table"],
  [printed("a b\\n1 2\\n3\\n", "table"), 'line 3: found 1 cells in "3", wanted 2'],
  [printed("a,b\\n1,2\\n3,4,5\\n", "csv"), 'line 3: found 3 cells in "3 4 5", wanted 2'],
  [
    printed("a,a\\n1,2\\n", "csv"),
    'line 1: found column "a" twice, wanted each once: name them with "columns" in the configuration',
  ],
  [printed("a,b\\n1,2\\n", "csv", "c"), 'found no column "c", wanted it for NAME: the columns are "a", "b"'],
  [printed("a=1\\n", "keyvalue", "b"), 'found nothing in "b", wanted it for NAME'],
  [printed("a=many\\n", "keyvalue"), 'found "many" in "a", wanted a number'],
  [
    printed("hello\\n", "regex, pattern: 'a=(?P<a>[0-9]+)'"),
    'found no line that matches "a=(?P<a>[0-9]+)", wanted one, or missing: absent in all metrics',
  ],
  [printed("hello\\n", "influx"), "line 1: found the end of the line, wanted tags, or a space and fields"],
  [printed("a 1\\nb one\\n", "prometheus"), 'line 2: found "one", wanted a number'],
  [{ command: "head -c 10485760 /dev/zero", parser: "keyvalue" }, "stdout has more than 1048576 bytes (max_output)"],
  [
    { command: "seq 1000000", parser: "table, columns: [a]" },
    "found more than 1000 series, wanted at most that many (max_series)",
  ],
  [{ file: "none", parser: "prometheus" }, '"FOLDER/none": no such file'],
  [{ file: "directory", parser: "prometheus" }, '"FOLDER/directory": it is a directory'],
  [{ file: "pipe", parser: "prometheus" }, '"FOLDER/pipe": it is not a regular file'],
  [{ file: "device", parser: "prometheus" }, '"FOLDER/device": it is not a regular file'],
  [{ file: "large", parser: "prometheus" }, '"FOLDER/large": it has more than 10485760 bytes'],
];

/** A command of a configuration. A file is the whole of a source, a page has no metrics. */
function commandOf({ command, file, parser, value = "a" }: Bad, index: number, folder: string): string {
  const what = file === undefined ? `command: ${JSON.stringify(command)}` : `file: ${join(folder, file)}`;
  const metrics = `, metrics: [{name: bad_${index}, help: h, value: ${value}, labels: {a: a}}]`;
  const more = parser.startsWith("prometheus") ? "" : metrics;
  const limit = file !== undefined || command?.startsWith("seq") ? ", max_output: 10MiB" : "";
  return `  - {name: c${index}, ${what}${limit}, parser: {format: ${parser}}${more}}\n`;
}

test("each bad output fails its command, and the log has the reason", () =>
  withFolder(async (folder) => {
    mkdirSync(join(folder, "directory"));
    symlinkSync("/dev/zero", join(folder, "device"));
    assert.is((await execute("mkfifo", [join(folder, "pipe")])).status, 0);
    writeFileSync(join(folder, "large"), "x".repeat(10 * 2 ** 20 + 1));
    const config = join(folder, "config.yml");
    writeFileSync(config, `commands:\n${BAD.map(([given], i) => commandOf(given, i, folder)).join("")}`);
    const { code, stderr } = await run({
      args: ["once", "--log.format=json", "--command.timeout=60s", `--config.file=${config}`],
    });
    assert.is(code, 2);
    const said = stderr
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    const reasons = new Map(said.map(({ command, reason }) => [command, reason]));
    for (const [i, [, reason]] of BAD.entries())
      assert.is(reasons.get(`c${i}`), reason.replace("FOLDER", folder).replace("NAME", `bad_${i}`));
  }));

test("a file that disappears takes its metrics with it, and one that is replaced is read as a whole", () =>
  withFolder(async (folder) => {
    const path = join(folder, "page.prom");
    const page = (value: number) => Array.from({ length: 500 }, (_, i) => `a{i="${i}"} ${value}\n`).join("");
    const put = (value: number) => {
      writeFileSync(`${path}.new`, page(value));
      renameSync(`${path}.new`, path);
    };
    put(0);
    const config = join(folder, "config.yml");
    writeFileSync(config, `commands:\n  - {name: page, file: ${path}, parser: {format: prometheus}}\n`);
    await withExporter({ args: [`--config.file=${config}`, "--command.timeout=60s"] }, async ({ url, logged }) => {
      let isOver = false;
      const writing = (async () => {
        for (let value = 1; !isOver; value++) {
          put(value);
          await new Promise(setImmediate);
        }
      })();
      for (let round = 0; round < 20; round++) {
        const text = await scrape(url);
        const values = [...text.matchAll(/^a\{i="\d+"\} (\d+)$/gm)].map(([, value]) => value);
        assert.equal([values.length, new Set(values).size], [500, 1]);
      }
      isOver = true;
      await writing;
      rmSync(path);
      const text = await scrape(url);
      assert.is(sampleOf(text, "memory_up"), 0);
      assert.not.match(text, /^a\{/m);
      await until("the reason in the log", async () => (await logged()).includes(`page.prom\\": no such file`));
      put(7);
      assert.is(sampleOf(await scrape(url), 'a{i="3"}'), 7);
    });
  }));

test.run();
