import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { readEnv } from "../../src/config/command_env.ts";
import { createTextReader } from "../../src/config/file.ts";
import { withFolder } from "../stand_in.ts";

test("a value that can't be one is told without itself", () =>
  withFolder(async (folder) => {
    const file = join(folder, "secret");
    const told: string[] = [];
    const read = async (content: string) => {
      writeFileSync(file, content);
      const section = { name: "a", env: { A: { file } }, env_passthrough: ["LANG"] };
      const blame = (message: string, path: readonly unknown[]) => void told.push(`${path.join(".")}: ${message}`);
      const context = { blame, isLost: () => false };
      return readEnv(section, { own: { LANG: "de" }, readText: createTextReader() }, context);
    };
    assert.equal((await read("hunter2\r\n")).values, { LANG: "de", A: "hunter2" });
    assert.equal((await read("hunter2\n\n")).values.A, "hunter2\n");
    assert.equal(told, []);
    await read("hunter2\0");
    await read("hunter2".repeat(10_000));
    assert.equal(told, [
      "env.A: found a value with a NUL character (not shown), wanted one without",
      "env.A: found a value of more than 65536 bytes (not shown)",
    ]);
  }));

test("a variable may have any name", async () => {
  const section = { name: "a", env: Object.fromEntries([["__proto__", "x"]]), env_passthrough: ["constructor"] };
  const { values } = await readEnv(
    section,
    { own: {}, readText: createTextReader() },
    { blame: () => {}, isLost: () => false },
  );
  assert.equal(Object.entries(values), [["__proto__", "x"]]);
});

test.run();
