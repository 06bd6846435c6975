import { globSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { run } from "../exporter.ts";

const EXAMPLES = join(import.meta.dirname, "../../examples");
const OUTPUTS = globSync("*/*.out", { cwd: EXAMPLES }).sort();

test("every example is a good configuration with an output", async () => {
  const configs = globSync("*/config.yml", { cwd: EXAMPLES }).sort();
  assert.ok(configs.length > 0);
  for (const config of configs) {
    const { code, stderr } = await run({ args: ["check", `--config.file=${join(EXAMPLES, config)}`] });
    assert.equal([code, stderr], [0, ""], config);
    assert.ok(
      OUTPUTS.some((output) => dirname(output) === dirname(config)),
      config,
    );
  }
});

for (const output of OUTPUTS) {
  test(`the recorded output ${output} becomes what its page says`, async () => {
    const name = basename(output, ".out");
    const folder = join(EXAMPLES, dirname(output));
    const args = ["parse", `--config.file=${join(folder, "config.yml")}`, `--command.name=${name}`];
    const { code, stdout, stderr } = await run({ args, stdin: readFileSync(join(EXAMPLES, output)) });
    assert.equal([code, stderr], [0, ""]);
    const page = join(folder, `${name}.prom`);
    if (process.env.UPDATE) writeFileSync(page, stdout);
    assert.is(stdout, readFileSync(page, "utf8"));
  });
}

test.run();
