import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { noticesOf, readPart, thirdPartyNotices } from "../../src/print/notices.ts";
import { withFolder } from "../stand_in.ts";

const ROOT = join(import.meta.dirname, "../..");

test("the notices of the sources are those of all that package.json needs to run", async () => {
  const text = await thirdPartyNotices("source");
  const { dependencies, devDependencies } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
  const parts = [...text.matchAll(/^(\S+) (\d\S+) \(.*\)\n-+$/gm)].map(([, name = "", version = ""]) => [
    name,
    version,
  ]);
  for (const [name, version] of Object.entries(dependencies)) {
    assert.is(new Map(parts as [string, string][]).get(name), version, name);
  }
  for (const name of Object.keys(devDependencies)) assert.not.ok(text.includes(`\n${name} `), name);
  assert.equal([...parts].sort(), parts);
  const sections = text.split(/^\S+ \d\S+ \(.*\)\n-+$/m).slice(1);
  for (const section of sections) assert.match(section, /Copyright|Apache License/i);
});

test("a package without a file about its license gives what stands at the top of its scripts, each once", async () => {
  await withFolder((folder) => {
    mkdirSync(join(folder, "dist"));
    writeFileSync(join(folder, "package.json"), '{"name": "a", "version": "1.0.0", "license": "MIT"}');
    for (const name of ["one.js", "dist/two.js"])
      writeFileSync(join(folder, name), '"use strict";\n// Copyright A\n\n/* more */\nlet x;');
    writeFileSync(join(folder, "three.js"), "// no word of it\nlet x;");
    const part = readPart(folder);
    assert.equal(part.texts, ["// Copyright A\n\n/* more */"]);
    assert.match(noticesOf([part]), /\na 1\.0\.0 \(MIT\)\n-+\n\n\/\/ Copyright A\n/);
    writeFileSync(join(folder, "LICENCE.md"), "Take it.\r\n\r\n");
    writeFileSync(join(folder, "NOTICE"), "By me.");
    assert.match(noticesOf([readPart(folder)]), /-\n\nTake it\.\n\nBy me\.\n$/);
  });
});

test.run();
