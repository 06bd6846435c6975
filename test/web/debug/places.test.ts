import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { createPlaces } from "../../../src/web/debug/places.ts";
import { withFolder } from "../../stand_in.ts";
import { testWhere } from "../../tools.ts";

function frame(functionName: string, url: string, lineNumber = 0, columnNumber = 0) {
  return { functionName, scriptId: "1", url, lineNumber, columnNumber };
}

test("a function has its file and a 1-based line", async () => {
  const placeOf = await createPlaces([]);
  assert.equal(placeOf(frame("read", "file:///opt/a%20b/x.ts", 4, 2)), {
    name: "read",
    file: "/opt/a b/x.ts",
    line: 5,
    column: 3,
  });
  const internal = { name: "post", file: "node:inspector", line: 115, column: 7 };
  assert.equal(placeOf(frame("post", "node:inspector", 114, 6)), internal);
  assert.equal(placeOf(frame("(program)", "", -1, -1)), { name: "(program)", file: "", line: 0, column: 0 });
});

test("anonymous functions are named by their location", async () => {
  const placeOf = await createPlaces([]);
  assert.is(placeOf(frame("", "file:///opt/x.ts", 4, 2)).name, "(anonymous x.ts:5)");
  assert.is(placeOf(frame("", "node:internal/util", 477, 2)).name, "(anonymous util:478)");
  assert.is(placeOf(frame("", "", -1, -1)).name, "(anonymous)");
});

/** Column 0 is `read` at 3:5 of a.ts, column 10 something at 8:1 of b.ts; line 2 has no source. */
const MAP = { version: 3, sources: ["../../src/web/a.ts", "../src/b.ts"], names: ["read"], mappings: "AAEIA,UCKJ" };

// No profile is taken on Deno, whose source maps tell no names.
const onNode = testWhere(process.versions.deno === undefined);

onNode("functions of the bundle have locations in the sources, by the source map", async () => {
  await withFolder(async (folder) => {
    const path = join(folder, "memory_exporter.mjs");
    const url = pathToFileURL(path).href;
    writeFileSync(`${path}.map`, JSON.stringify(MAP));
    const placeOf = await createPlaces([frame("x", "node:fs"), frame("x", url)]);
    assert.equal(placeOf(frame("read2", url, 0, 4)), { name: "read", file: "src/web/a.ts", line: 3, column: 5 });
    assert.equal(placeOf(frame("read", url, 0, 4)), { name: "read", file: "src/web/a.ts", line: 3, column: 5 });
    assert.is(placeOf(frame("reads", url, 0, 4)).name, "reads");
    assert.is(placeOf(frame("", url, 0, 4)).name, "(anonymous a.ts:3)");
    assert.equal(placeOf(frame("other", url, 0, 12)), { name: "other", file: "src/b.ts", line: 8, column: 1 });
    assert.equal(placeOf(frame("own", "file:///opt/x.ts", 0, 4)), {
      name: "own",
      file: "/opt/x.ts",
      line: 1,
      column: 5,
    });
  });
});

test("without a valid source map, functions have locations in the bundle", async () => {
  await withFolder(async (folder) => {
    const path = join(folder, "memory_exporter.mjs");
    const url = pathToFileURL(path).href;
    const inBundle = { name: "read2", file: path, line: 1, column: 5 };
    assert.equal((await createPlaces([frame("x", url)]))(frame("read2", url, 0, 4)), inBundle);
    writeFileSync(`${path}.map`, '{"version":3');
    assert.equal((await createPlaces([frame("x", url)]))(frame("read2", url, 0, 4)), inBundle);
    const script = await createPlaces([frame("x", "../memory_exporter.cjs")]);
    assert.is(script(frame("read2", "../memory_exporter.cjs", 0, 4)).file, "../memory_exporter.cjs");
  });
});

test.run();
