import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { needs } from "./tools.ts";

const ROOT = join(import.meta.dirname, "..");

const elf = needs("readelf", "--version") ? test : test.skip;

elf(
  "the executable needs the C library of 2018 and the libraries of C++, which every server has, and nothing else",
  () => {
    const read = (option: string) =>
      execFileSync("readelf", ["-W", option, join(ROOT, "dist/memory_exporter")], { encoding: "utf8" });
    const libraries = [...read("--dynamic").matchAll(/\(NEEDED\).*\[(.*)\.so/g)].map(([, name]) => name);
    const known = /^(?:libc|libdl|libm|libpthread|libgcc_s|libstdc\+\+|ld-linux-.*)$/;
    assert.ok(libraries.length > 4);
    assert.equal(
      libraries.filter((name) => !known.test(name ?? "")),
      [],
    );
    const versions = [...read("--version-info").matchAll(/\b(GLIBC|GLIBCXX|GCC|CXXABI)_([\d.]+)/g)];
    const highest = (library: string) =>
      versions
        .filter(([, name]) => name === library)
        .map(([, , version = ""]) => version)
        .sort((a, b) => a.localeCompare(b, "en", { numeric: true }))
        .at(-1);
    assert.equal(["GLIBC", "GLIBCXX", "CXXABI", "GCC"].map(highest), ["2.28", "3.4.21", "1.3.11", "4.2.0"]);
  },
);

test("the bundle is of ASCII alone: with one other character V8 would keep all of it in two bytes each", () => {
  assert.not.match(readFileSync(join(ROOT, "dist/memory_exporter.mjs"), "latin1"), /[^\0-\x7f]/);
});

test.run();
