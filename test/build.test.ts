import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { onDeno } from "../src/web/runtime.ts";
import { productOf } from "./forms.ts";
import { withFolder } from "./stand_in.ts";
import { needs, testWhere } from "./tools.ts";

const ROOT = join(import.meta.dirname, "..");
const [NODE] = productOf("source-node");
const ARTEFACTS = ["memory_exporter.mjs", "memory_exporter"];

/** Builds the latest revision in a folder of its own; gives the digests of what comes of it, and what it says of itself. */
function build(): Promise<{ digests: string[]; version: string }> {
  return withFolder((folder) => {
    execFileSync("git", ["clone", "--quiet", ROOT, folder]);
    symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
    const { SOURCE_DATE_EPOCH: _, ...env } = process.env;
    execFileSync(NODE, ["build.ts"], { cwd: folder, env, stdio: "pipe" });
    const files = ARTEFACTS.map((name) => join(folder, "dist", name));
    const digests = files.map((file) => createHash("sha256").update(readFileSync(file)).digest("hex"));
    return { digests, version: execFileSync(files[1] ?? "", ["--version"], { encoding: "utf8" }) };
  });
}

// The build runs on the project's own Node, whatever the tests run on.
testWhere(!onDeno())(
  "two builds of a revision are the same to the byte, wherever and whenever they are made",
  async () => {
    const built = await build();
    assert.equal(await build(), built);
    const committed = new Date(1000 * Number(execFileSync("git", ["log", "-1", "--format=%ct"], { cwd: ROOT })));
    const date = committed
      .toISOString()
      .replace("T", "-")
      .replace(/(\d+)-(\d+)-(\d+)-(.*)\..*/, "$1$2$3-$4");
    assert.match(built.version, new RegExp(`^  build user: +reproducible\n  build date: +${date}$`, "m"));
  },
);

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
