import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { onDeno } from "../src/web/runtime.ts";
import { productOf } from "./forms.ts";
import { withFolder } from "./stand_in.ts";
import { testWhere } from "./tools.ts";

const ROOT = join(import.meta.dirname, "..");
const [NODE] = productOf("source-node");
const ARTEFACTS = ["memory_exporter.mjs", "memory_exporter"];

/** Builds the latest revision in a folder of its own; gives the digests of what comes of it. */
function digestsOfBuild(): Promise<string[]> {
  return withFolder((folder) => {
    execFileSync("git", ["clone", "--quiet", ROOT, folder]);
    symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
    const env = { ...process.env, SOURCE_DATE_EPOCH: "1700000000" };
    execFileSync(NODE, ["build.ts"], { cwd: folder, env, stdio: "pipe" });
    return ARTEFACTS.map((name) =>
      createHash("sha256")
        .update(readFileSync(join(folder, "dist", name)))
        .digest("hex"),
    );
  });
}

// The build runs on the project's own Node, whatever the tests run on.
testWhere(!onDeno())("two builds of a revision are the same to the byte, wherever they are made", async () => {
  assert.equal(await digestsOfBuild(), await digestsOfBuild());
});

test("the bundle is of ASCII alone: with one other character V8 would keep all of it in two bytes each", () => {
  assert.not.match(readFileSync(join(ROOT, "dist/memory_exporter.mjs"), "latin1"), /[^\0-\x7f]/);
});

test.run();
