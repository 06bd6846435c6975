import childProcess, { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { hostname, userInfo } from "node:os";
import { dirname, join } from "node:path";
import { type BuildOptions, build, type Metafile } from "esbuild";
import { NOTICES_ASSET, noticesOf, readPart } from "./src/print/notices.ts";

/**
 * Builds dist/memory_exporter.mjs (the bundle, its source map beside it) and dist/memory_exporter (the executable):
 * `node build.ts [bundle]`.
 * Nothing is downloaded: the base of the executable is the pinned Node among the dependencies.
 */

const ROOT = import.meta.dirname;
const DIST = join(ROOT, "dist");
const WORK = join(DIST, "work");
const require = createRequire(import.meta.url);

/**
 * A fork takes 30 µs for each MiB that the process has for itself, and as much again in CPU: so it is kept small.
 * V8's young generation stays at 1 MiB a semi-space, and its compilers don't run beside the program: each of their threads
 * keeps what it once took from malloc, 25 MiB in all.
 */
const V8_OPTIONS = ["--max-semi-space-size=1", "--no-concurrent-recompilation"];

function git(...args: string[]): string {
  try {
    return execFileSync("git", args, { cwd: ROOT, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  } catch {
    return "";
  }
}

/** When the build is said to be made: SOURCE_DATE_EPOCH, so that two builds of one revision are the same to the byte. */
function buildDate(): Date {
  const epoch = process.env.SOURCE_DATE_EPOCH;
  return epoch ? new Date(Number(epoch) * 1000) : new Date();
}

function stamp(tags: string): Record<string, string> {
  const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
  const dirty = git("status", "--porcelain", "--untracked-files=no") !== "";
  const revision = git("rev-parse", "--short=9", "HEAD") || "unknown";
  const [day = "", time = ""] = buildDate().toISOString().split(/[T.]/);
  return {
    version,
    branch: git("rev-parse", "--abbrev-ref", "HEAD") || "unknown",
    revision: dirty ? `${revision}-modified` : revision,
    user: process.env.SOURCE_DATE_EPOCH ? "reproducible" : `${userInfo().username}@${hostname()}`,
    date: `${day.replaceAll("-", "")}-${time}`,
    tags,
  };
}

/** The text about the packages of which something is in a bundle, and about those that are beside it. */
function notices({ outputs }: Metafile, ...besides: readonly string[]): string {
  const inputs = Object.values(outputs).flatMap((output) => Object.entries(output.inputs));
  const packages = inputs.map(([path, { bytesInOutput }]) =>
    bytesInOutput === 0 ? undefined : /node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0],
  );
  const directories = new Set(packages.filter((path) => path !== undefined).map((path) => join(ROOT, path)));
  return noticesOf([...directories, ...besides].map(readPart));
}

async function bundle(format: "esm" | "cjs", tags: string, outfile: string): Promise<Metafile> {
  const options: BuildOptions & { metafile: true } = {
    entryPoints: [join(ROOT, "src/main.ts")],
    outfile,
    format,
    bundle: true,
    platform: "node",
    target: "node22",
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: "none",
    // Profiles tell places in the sources by it (src/web/debug/places.ts).
    sourcemap: "external",
    sourcesContent: false,
    // One character beyond ASCII would make V8 keep all of the text in two bytes each.
    charset: "ascii",
    define: { BUILD_STAMP: JSON.stringify(stamp(tags)) },
    metafile: true,
    // The sources know by it where they are, and no bundle asks.
    logOverride: { "empty-import-meta": "silent" },
  };
  if (format === "esm") {
    // Libraries in CommonJS ask for node's modules by require, which a module has to be given.
    const require = "import{createRequire}from'node:module';const require=createRequire(import.meta.url);";
    options.banner = { js: `#!/usr/bin/env node\n${require}` };
    // One file, so the text has to be in it; the executable has it beside the script, where it is read when it is wanted.
    const { metafile } = await build({ ...options, write: false });
    options.define = { ...options.define, THIRD_PARTY_NOTICES: JSON.stringify(notices(metafile)) };
  }
  return (await build(options)).metafile;
}

/** The pinned Node without its symbols, where `strip` is at hand: 18 MB less. */
function baseBinary(): string {
  const node = require.resolve(`node-linux-${process.arch}/bin/node`);
  const base = join(WORK, "node");
  copyFileSync(node, base);
  try {
    execFileSync("strip", ["--strip-all", base], { stdio: "ignore" });
  } catch {
    console.warn("strip is not at hand: the executable will be larger");
  }
  return base;
}

/**
 * pkg lets Node write the code cache with a seed of chance in it; with a fixed one the cache is the same in each build.
 * V8 takes no such option from the environment, and pkg none for the call: so the call is caught.
 */
function fixCodeCacheSeed(): void {
  const { execFile } = childProcess;
  const seeded = (file: string, args: readonly string[], done: (error: Error | null, stdout: string) => void) =>
    execFile(file, args[0] === "--experimental-sea-config" ? ["--random-seed=1", ...args] : args, done);
  Object.assign(childProcess, { execFile: seeded });
}

/**
 * Compiles a script in the working directory into an executable. The script's path becomes part of the executable:
 * relative to pkg's own directory, which is made in this one, it is the same wherever the build runs.
 */
async function executable(script: string, output: string): Promise<void> {
  fixCodeCacheSeed();
  const { default: sea } = require("pkg/lib-es5/sea.js") as {
    default: (script: string, options: object) => Promise<void>;
  };
  process.env.TMPDIR = WORK;
  await sea(join(WORK, script), {
    targets: [{ nodeRange: "node24", platform: "linux", arch: process.arch, output }],
    nodePath: baseBinary(),
    seaConfig: {
      main: join("..", script),
      assets: { [`${script}.map`]: join("..", `${script}.map`), [NOTICES_ASSET]: join("..", NOTICES_ASSET) },
      useCodeCache: true,
      execArgv: V8_OPTIONS,
      execArgvExtension: "none",
    },
  });
}

function report(path: string): void {
  console.log(`${path.slice(ROOT.length + 1)}\t${(statSync(path).size / 1e6).toFixed(1)} MB`);
}

rmSync(WORK, { recursive: true, force: true });
mkdirSync(WORK, { recursive: true });
await bundle("esm", "bundle", join(DIST, "memory_exporter.mjs"));
report(join(DIST, "memory_exporter.mjs"));
if (process.argv[2] !== "bundle") {
  const metafile = await bundle("cjs", "sea", join(WORK, "memory_exporter.cjs"));
  const node = dirname(require.resolve(`node-linux-${process.arch}/package.json`));
  writeFileSync(join(WORK, NOTICES_ASSET), notices(metafile, node));
  await executable("memory_exporter.cjs", join(WORK, "memory_exporter"));
  renameSync(join(WORK, "memory_exporter"), join(DIST, "memory_exporter"));
  report(join(DIST, "memory_exporter"));
}
rmSync(WORK, { recursive: true, force: true });
