import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { productOf } from "../forms.ts";
import { withFolder } from "../stand_in.ts";

/** What `make release` has made, in dist/release. */

const ROOT = join(import.meta.dirname, "../..");
/** The sums of what is released, and the bundle, which is made beside it. */
const MADE = ["dist/release/sha256sums.txt", "dist/memory_exporter.mjs"];
// Of files that aren't those of a commit, the time of the build is told.
const modified = execFileSync("git", ["status", "--porcelain", "--untracked-files=no"], { cwd: ROOT }).length > 0;

test("all artefacts have the digests that are told, and are as many as there should be", () => {
  const checked = execFileSync("sha256sum", ["--check", "sha256sums.txt"], {
    cwd: join(ROOT, "dist/release"),
    encoding: "utf8",
  });
  const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
  const names = ["linux-amd64.tar.gz", "linux-arm64.tar.gz", "oci.tar", "cdx.json"].map(
    (end) => `memory_exporter-${version}.${end}`,
  );
  const packages = ["amd64", "arm64"].map((architecture) => `memory-exporter_${version}-1_${architecture}.deb`);
  assert.equal(checked.trim().split("\n").sort(), [...packages, ...names].map((name) => `${name}: OK`).sort());
});

test("a tarball has the executable, and what goes with it", () => {
  const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
  const name = `memory_exporter-${version}.linux-amd64`;
  return withFolder((folder) => {
    execFileSync("tar", ["-xzf", join(ROOT, "dist/release", `${name}.tar.gz`), "-C", folder]);
    const there = (path: string) => existsSync(join(folder, name, path));
    for (const path of ["LICENSE", "THIRD_PARTY_NOTICES", "README.md", "CHANGELOG.md", "memory_exporter.1"])
      assert.ok(there(path), path);
    for (const path of ["systemd/memory_exporter.service", "default/memory_exporter", "prometheus/alerts.yml"])
      assert.ok(there(path), path);
    const told = execFileSync(join(folder, name, "memory_exporter"), ["--version"], { encoding: "utf8" });
    assert.match(told, new RegExp(`^memory_exporter, version ${version} `));
    if (modified) return;
    const committed = execFileSync("git", ["log", "-1", "--format=%cd", "--date=format-local:%Y%m%d-%T"], {
      ...{ cwd: ROOT, encoding: "utf8", env: { ...process.env, TZ: "UTC" } },
    });
    assert.match(told, new RegExp(`^  build user: +reproducible\n  build date: +${committed.trim()}$`, "m"));
  });
});

const committed = modified ? test.skip : test;

committed("two releases of a revision are the same to the byte, wherever and whenever they are made", () =>
  withFolder((folder) => {
    execFileSync("git", ["clone", "--quiet", ROOT, folder]);
    symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
    const { SOURCE_DATE_EPOCH: _, ...env } = process.env;
    const [node] = productOf("source-node");
    execFileSync(node, ["packaging/release.ts"], { cwd: folder, env, stdio: "pipe", maxBuffer: 64 * 1024 * 1024 });
    for (const file of MADE)
      assert.is(readFileSync(join(folder, file), "utf8"), readFileSync(join(ROOT, file), "utf8"), file);
  }),
);

test.run();
