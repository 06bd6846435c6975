import { test } from "uvu";
import * as assert from "uvu/assert";
import { type BuildInfo, buildContext, buildInfo, versionLine, versionText } from "../src/version.ts";

const INFO: BuildInfo = {
  version: "1.2.3",
  branch: "main",
  revision: "abc123def",
  user: "root@host",
  date: "20261122-10:00:00",
  tags: "sea",
  nodeVersion: "v24.21.0",
  denoVersion: undefined,
  goos: "linux",
  goarch: "amd64",
};

test("--version is the text of the contract to the letter", () => {
  assert.is(
    versionText(INFO),
    `memory_exporter, version 1.2.3 (branch: main, revision: abc123def)
  build user:       root@host
  build date:       20261122-10:00:00
  node version:     v24.21.0
  platform:         linux/amd64
  tags:             sea`,
  );
});

test("on Deno its version stands behind that of the Node that it stands in for", () => {
  const text = versionText({ ...INFO, nodeVersion: "v26.3.0", denoVersion: "2.9.6" });
  assert.match(text, /^ {2}node version: {5}v26\.3\.0 \(deno 2\.9\.6\)$/m);
});

test("the fields of the start lines", () => {
  assert.is(versionLine(INFO), "(version=1.2.3, branch=main, revision=abc123def)");
  assert.is(
    buildContext(INFO, "posix_spawn"),
    "(node=v24.21.0, platform=linux/amd64, user=root@host, date=20261122-10:00:00, tags=sea, spawn=posix_spawn)",
  );
});

test("a source run knows its runtime, and says of the rest that are unknown", () => {
  const info = buildInfo();
  assert.equal(
    [info.version, info.branch, info.revision, info.user, info.date, info.tags],
    ["(devel)", "unknown", "unknown", "unknown", "unknown", "source"],
  );
  assert.is(info.nodeVersion, process.version);
  assert.is(info.goos, "linux");
  assert.is(info.goarch, process.arch === "x64" ? "amd64" : process.arch);
});

test.run();
