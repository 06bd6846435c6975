import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { execute } from "../execute.ts";
import { withFolder } from "../stand_in.ts";

/** What is loaded when it isn't wanted would cost every start time and memory. The bundle keeps the order of the sources. */

const ROOT = join(import.meta.dirname, "../..");
const HOOK = `import { registerHooks } from "node:module";
registerHooks({ load(url, context, next) { process.stderr.write("loads " + url + "\\n"); return next(url, context); } });`;

/** The files below `src` and the packages that a run of \`once\` loads. */
async function loadedBy(...args: readonly string[]): Promise<readonly string[]> {
  const hook = `data:text/javascript,${encodeURIComponent(HOOK)}`;
  const { stderr } = await execute(process.execPath, ["--import", hook, join(ROOT, "src/main.ts"), "once", ...args]);
  const urls = [...stderr.matchAll(/^loads file:\/\/(.*)$/gm)].map(([, path = ""]) => path.slice(ROOT.length + 1));
  return urls.map((path) => /^node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? path);
}

const isOfFiles = (name: string) =>
  /^(yaml|valibot|re2js|csv-parse|json-p3|src\/formats\/.*|src\/config\/(?!problem\.ts|file\.ts).*)$/.test(name);

test("nothing of what reads configurations and formats is loaded where none is given", async () => {
  const loaded = await loadedBy("--command=echo", "--command.output-of=free -b");
  assert.ok(loaded.includes("src/gather/gatherer.ts"));
  assert.equal(loaded.filter(isOfFiles), []);
});

test("of the formats only those that are named are loaded", () =>
  withFolder(async (folder) => {
    const config = join(folder, "config.yml");
    writeFileSync(config, "commands:\n  - {name: a, command: [echo, a 1], parser: {format: prometheus}}\n");
    const loaded = await loadedBy(`--config.file=${config}`);
    for (const wanted of ["yaml", "valibot", "src/formats/prometheus.ts"]) assert.ok(loaded.includes(wanted), wanted);
    for (const name of ["re2js", "csv-parse", "json-p3", "src/formats/nagios.ts", "src/formats/csv.ts"])
      assert.not(loaded.includes(name), name);
  }));

test.run();
