import { test } from "uvu";
import * as assert from "uvu/assert";
import { wordsOf } from "../src/source.ts";

test("wordsOf() gives the command that prints the same", () => {
  assert.equal(wordsOf({ argv: ["free", "-b"] }), ["free", "-b"]);
  assert.equal(wordsOf({ files: ["/proc/meminfo"] }), ["cat", "/proc/meminfo"]);
  assert.equal(wordsOf({ files: ["/a", "/b"] }), ["grep", "-H", "", "/a", "/b"]);
  assert.equal(wordsOf({ files: ["/proc/[0-9]/x"] }), ["grep", "-H", "", "/proc/[0-9]/x"]);
  assert.equal(wordsOf({ files: ["/a"], lines: ["Name:", "VmRSS:"] }), ["grep", "-HE", "^(Name:|VmRSS:)", "/a"]);
  assert.equal(wordsOf({ files: async () => ["/a"] }), ["grep", "-H", ""]);
});

test.run();
