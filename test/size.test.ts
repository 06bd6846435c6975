import { test } from "uvu";
import * as assert from "uvu/assert";
import { sizeBytes } from "../src/size.ts";

test("a size is a whole number with a unit, or bytes", () => {
  const wanted = { "0": 0, "65536": 65536, "1B": 1, "64KiB": 65536, "1MiB": 2 ** 20, "2MB": 2e6, "1GiB": 2 ** 30 };
  for (const [text, bytes] of Object.entries(wanted)) assert.is(sizeBytes(text), bytes, text);
  for (const text of ["", "1.5MiB", "1 MiB", "MiB", "1kb", "iB", "-1", "1TiB"])
    assert.is(sizeBytes(text), undefined, text);
});

test.run();
