import childProcess, { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { hostname, userInfo } from "node:os";
import { join } from "node:path";
import { type BuildOptions, build, type Metafile } from "esbuild";
import { type Arch, baseNode, nodePackage } from "./packaging/base_node.ts";
import { PAGE_PACKAGES, pageAssets } from "./packaging/page_assets.ts";
import { NOTICES_ASSET, noticesOf, readPart } from "./src/print/notices.ts";

/**
 * Builds dist/memory_exporter.mjs (the bundle) with its source map, and dist/memory_exporter (the executable):
 * `node build.ts [bundle]`. The executable is based on the Node in the dependencies.
 */

export const ROOT = import.meta.dirname;
export const DIST = join(ROOT, "dist");
export const WORK = join(DIST, "work");
const require = createRequire(import.meta.url);

/**
 * Options for low memory usage: semi-spaces of 1 MiB, and no compiler threads, whose malloc arenas would take 25 MiB. A fork takes
 * 30 µs per MiB of private memory.
 */
const V8_OPTIONS = ["--max-semi-space-size=1", "--no-concurrent-recompilation"];

function git(...args: string[]): string {
  try {
    return execFileSync("git", args, { cwd: ROOT, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  } catch {
    return "";
  }
}

/** Whether a tracked file differs from the commit. */
function isModified(): boolean {
  return git("status", "--porcelain", "--untracked-files=no") !== "";
}

/**
 * The build date in seconds since the epoch: SOURCE_DATE_EPOCH, or the date of the commit, so that builds are reproducible. Undefined
 * if the sources differ from the commit.
 */
export function sourceDate(): number | undefined {
  const date = process.env.SOURCE_DATE_EPOCH || (isModified() ? "" : git("log", "-1", "--format=%ct"));
  return date ? Number(date) : undefined;
}

export const VERSION: string = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")).version;

/** The commit of the sources, and whether they differ from it. */
export const REVISION = `${git("rev-parse", "--short=9", "HEAD") || "unknown"}${isModified() ? "-modified" : ""}`;

function stamp(tags: string): Record<string, string> {
  const seconds = sourceDate();
  const date = seconds === undefined ? new Date() : new Date(seconds * 1000);
  const [day = "", time = ""] = date.toISOString().split(/[T.]/);
  return {
    version: VERSION,
    branch: git("rev-parse", "--abbrev-ref", "HEAD") || "unknown",
    revision: REVISION,
    user: seconds === undefined ? `${userInfo().username}@${hostname()}` : "reproducible",
    date: `${day.replaceAll("-", "")}-${time}`,
    tags,
  };
}

/** The directories of the packages in a bundle. */
function packagesIn({ outputs }: Metafile): readonly string[] {
  const inputs = Object.values(outputs).flatMap((output) => Object.entries(output.inputs));
  const packages = inputs.map(([path, { bytesInOutput }]) =>
    bytesInOutput === 0 ? undefined : /node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0],
  );
  return [...new Set([...packages, ...PAGE_PACKAGES])]
    .filter((path) => path !== undefined)
    .map((path) => join(ROOT, path));
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
    // Profiles need it for source locations (src/web/debug/places.ts).
    sourcemap: "external",
    sourcesContent: false,
    // Otherwise the source map would have the real paths of linked dependencies.
    preserveSymlinks: true,
    // With a single non-ASCII character, V8 would store the script with two bytes per character.
    charset: "ascii",
    define: { BUILD_STAMP: JSON.stringify(stamp(tags)), PAGE_ASSETS: JSON.stringify(await pageAssets()) },
    metafile: true,
    // Only used when the sources are run.
    logOverride: { "empty-import-meta": "silent" },
  };
  if (format === "esm") {
    // Libraries in CommonJS need `require` for Node's modules.
    const require = "import{createRequire}from'node:module';const require=createRequire(import.meta.url);";
    options.banner = { js: `#!/usr/bin/env node\n${require}` };
    // The bundle is a single file, so it includes the notices. The executable has them as an asset.
    const { metafile } = await build({ ...options, write: false });
    options.define = {
      ...options.define,
      THIRD_PARTY_NOTICES: JSON.stringify(noticesOf(packagesIn(metafile).map(readPart))),
    };
  }
  return (await build(options)).metafile;
}

/**
 * pkg runs the base to write the blob. That isn't possible for another architecture, and the code cache in the blob depends on a
 * random seed. pkg has no options for these, so its call is intercepted.
 */
function catchBlobWriter(): void {
  const { execFile } = childProcess;
  const caught = (file: string, args: readonly string[], done: (error: Error | null, stdout: string) => void) =>
    args[0] === "--experimental-sea-config"
      ? execFile(process.execPath, ["--random-seed=1", ...args], done)
      : execFile(file, args, done);
  Object.assign(childProcess, { execFile: caught });
}

/**
 * Compiles a script in the working directory to an executable. The path of the script becomes a part of the executable. It is
 * relative to pkg's directory in the working directory, so it is reproducible.
 */
async function compile(script: string, arch: Arch, base: string, output: string): Promise<void> {
  const { default: sea } = require("pkg/lib-es5/sea.js") as {
    default: (script: string, options: object) => Promise<void>;
  };
  const { TMPDIR } = process.env;
  process.env.TMPDIR = WORK;
  await sea(join(WORK, script), {
    // The architecture only determines which Node writes the blob.
    targets: [{ nodeRange: "node24", platform: "linux", arch: process.arch, output }],
    nodePath: base,
    seaConfig: {
      main: join("..", script),
      assets: { [`${script}.map`]: join("..", `${script}.map`), [NOTICES_ASSET]: join("..", NOTICES_ASSET) },
      // V8 rejects a code cache of another architecture.
      useCodeCache: arch === process.arch,
      execArgv: V8_OPTIONS,
      execArgvExtension: "none",
    },
  });
  if (TMPDIR === undefined) delete process.env.TMPDIR;
  else process.env.TMPDIR = TMPDIR;
}

function report(path: string): void {
  console.log(`${path.slice(ROOT.length + 1)}\t${(statSync(path).size / 1e6).toFixed(1)} MB`);
}

/** Contents of the build: the directories of packages, and the license texts for each executable. */
export type Made = { readonly packages: readonly string[]; readonly notices: ReadonlyMap<Arch, string> };

/** Builds the bundle, and executables by architecture. */
export async function make(executables: ReadonlyMap<Arch, string>): Promise<Made> {
  rmSync(WORK, { recursive: true, force: true });
  mkdirSync(WORK, { recursive: true });
  const packages = packagesIn(await bundle("esm", "bundle", join(DIST, "memory_exporter.mjs")));
  report(join(DIST, "memory_exporter.mjs"));
  if (executables.size > 0) {
    await bundle("cjs", "sea", join(WORK, "memory_exporter.cjs"));
    catchBlobWriter();
  }
  const notices = new Map<Arch, string>();
  for (const [arch, file] of executables) {
    const node = nodePackage(arch, WORK);
    const text = noticesOf([...packages, node].map(readPart));
    notices.set(arch, text);
    writeFileSync(join(WORK, NOTICES_ASSET), text);
    await compile("memory_exporter.cjs", arch, baseNode(arch, node, WORK), join(WORK, "memory_exporter"));
    renameSync(join(WORK, "memory_exporter"), file);
    report(file);
  }
  rmSync(WORK, { recursive: true, force: true });
  return { packages, notices };
}

if (import.meta.main)
  await make(new Map(process.argv[2] === "bundle" ? [] : [[process.arch as Arch, join(DIST, "memory_exporter")]]));
