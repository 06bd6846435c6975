import { globSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { run } from "../exporter.ts";
import { affordable, form } from "../forms.ts";
import { withFolder, withPrograms } from "../stand_in.ts";
import { needs, runTool } from "../tools.ts";

const ROOT = join(import.meta.dirname, "../..");
const EXAMPLES = join(ROOT, "examples");
const NAMES = globSync("*/config.yml", { cwd: EXAMPLES })
  .map((path) => dirname(path))
  .sort();

const cat = (path: string) => `cat '${join(EXAMPLES, path)}'`;

/** Programs of an example that do more than to print its output. */
const PROGRAMS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  jstat: { systemctl: "echo 4711", jstat: `[ "$*" = "-gc 4711" ] && ${cat("jstat/jstat.out")}` },
  nagios: { check_swap: `${cat("nagios/check_swap.out")}; exit 1` },
  "shell-script": {
    ps: "printf 'root                 20480\\nroot                 10240\\nsystemd-resolve      12416\\nroot           640\\n'",
    "memory-by-user": `exec sh '${join(EXAMPLES, "shell-script/memory-by-user")}'`,
  },
  // The line of the device that is the last argument.
  smartctl: {
    smartctl: `for last; do :; done; grep '"name":"'"$last"'"' '${join(EXAMPLES, "smartctl/smartctl.out")}'`,
  },
};

function programsOf(example: string): Readonly<Record<string, string>> {
  const outputs = globSync("*.out", { cwd: join(EXAMPLES, example) });
  assert.ok(outputs.length > 0, `${example} has an output`);
  const printing = outputs.map((name) => [basename(name, ".out"), cat(`${example}/${name}`)] as const);
  return { ...Object.fromEntries(printing), sudo: '[ "$1" = -n ] && shift && exec "$@"', ...PROGRAMS[example] };
}

/** A page without the families of the exporter itself. */
function ownFamilies(page: string): string {
  const families = page.trimEnd().split("\n\n");
  return `${families.filter((family) => !/^# HELP (memory_exporter_|memory_up )/.test(family)).join("\n\n")}\n`;
}

const written = (example: string) => readFileSync(join(EXAMPLES, example, "config.yml"), "utf8");

/** Those that have a format which none before them has: what reads it is loaded when it is wanted, which forms do in their own ways. */
const FORMATS = [...Map.groupBy(NAMES, (example) => /format: (\w+)/.exec(written(example))?.[1]).values()].flatMap(
  (examples) => examples.slice(0, 1),
);

for (const example of affordable([...FORMATS, ...NAMES.filter((name) => !FORMATS.includes(name))], FORMATS.length)) {
  test(`the example ${example} becomes what its page says`, async () => {
    await withPrograms(programsOf(example), async (env, folder) => {
      const config = join(folder, "config.yml");
      writeFileSync(config, written(example).replaceAll("/usr/lib/nagios/plugins", folder));
      const args = [`--config.file=${config}`];
      const { code, stdout, stderr } = await run({ args: ["once", "--log.level=warn", ...args], env });
      assert.equal([code, stderr], [0, ""]);
      const page = join(EXAMPLES, example, `${example}.prom`);
      if (process.env.UPDATE) writeFileSync(page, ownFamilies(stdout));
      assert.is(ownFamilies(stdout), readFileSync(page, "utf8"));
    });
  });
}

// The pages are the same in every form.
if (form === "source-node") {
  for (const example of NAMES) {
    (needs("promtool", "--version") ? test : test.skip)(`promtool finds nothing to say about ${example}`, () => {
      const { status, stdout, stderr } = runTool(
        "promtool",
        ["check", "metrics"],
        readFileSync(join(EXAMPLES, example, `${example}.prom`), "utf8"),
      );
      assert.equal([status, stdout, stderr], [0, "", ""]);
    });
  }
}

test("the table of examples/README.md has each example", () => {
  const text = readFileSync(join(EXAMPLES, "README.md"), "utf8");
  const named = [...text.matchAll(/^\| \[([a-z-]+)\]\(\1\/config\.yml\) \|/gm)].map(([, name]) => name);
  assert.equal(named.sort(), NAMES);
});

/** The configurations that a page shows whole: those of other exporters say "before". */
function configurationsIn(page: string): string[] {
  const blocks = [...readFileSync(join(ROOT, page), "utf8").matchAll(/^```yaml\n(.*?)^```$/gms)];
  return blocks.map(([, block = ""]) => block).filter((block) => /^commands:/m.test(block));
}

for (const page of ["README.md", ...globSync("docs/*.md", { cwd: ROOT }).sort()]) {
  for (const [i, block] of affordable([...configurationsIn(page).entries()], 0)) {
    test(`configuration ${i + 1} of ${page} is a good one`, async () => {
      await withFolder(async (folder) => {
        const config = join(folder, "shown.yml");
        writeFileSync(config, block);
        const { code, stderr } = await run({ args: ["check", `--config.file=${config}`] });
        // It warns of programs that this machine doesn't have.
        const mistakes = stderr.split("\n").filter((line) => line !== "" && !line.includes(": warning: "));
        assert.equal([code, mistakes], [0, []]);
      });
    });
  }
}

test("docs/migrating.md shows a configuration for each other exporter", () => {
  assert.is(configurationsIn("docs/migrating.md").length, 5);
});

test.run();
