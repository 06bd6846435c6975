import { execFileSync } from "node:child_process";
import { copyFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { build } from "esbuild";

/**
 * `node empty_executable.ts FOLDER` builds the empty server into the executable FOLDER/empty, as build.ts does with the exporter:
 * the same Node without symbols, the same V8 options, with code cache. Starting it and starting the exporter then differ by
 * the program alone.
 */

const require = createRequire(import.meta.url);
const { default: sea } = require("pkg/lib-es5/sea.js") as {
  default: (script: string, options: object) => Promise<void>;
};
const folder = process.argv[2] ?? ".";
const script = join(folder, "empty.cjs");
const base = join(folder, "node");
await build({
  entryPoints: [join(import.meta.dirname, "empty.mjs")],
  outfile: script,
  format: "cjs",
  bundle: true,
  platform: "node",
});
copyFileSync(require.resolve(`node-linux-${process.arch}/bin/node`), base);
execFileSync("strip", ["--strip-all", base], { stdio: "ignore" });
await sea(script, {
  targets: [{ nodeRange: "node24", platform: "linux", arch: process.arch, output: join(folder, "empty") }],
  nodePath: base,
  seaConfig: {
    main: script,
    useCodeCache: true,
    execArgv: ["--max-semi-space-size=1", "--no-concurrent-recompilation"],
    execArgvExtension: "none",
  },
});
