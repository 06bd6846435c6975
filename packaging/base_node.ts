import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { withoutLibatomic } from "./libatomic.ts";

/** The architectures that executables are built for, as Node names them. */
export type Arch = "x64" | "arm64";

const ROOT = join(import.meta.dirname, "..");
const require = createRequire(import.meta.url);
const STRIP: Readonly<Record<Arch, string>> = { x64: "x86_64-linux-gnu-strip", arm64: "aarch64-linux-gnu-strip" };

/** The directory of the package with the Node of an architecture. npm installs only that of this machine; others are fetched. */
export function nodePackage(arch: Arch, folder: string): string {
  const name = `node-linux-${arch}`;
  return arch === process.arch ? dirname(require.resolve(`${name}/package.json`)) : fetchPackage(name, folder);
}

/** Unpacks a package into a folder. Version and digest are from the lockfile. */
function fetchPackage(name: string, folder: string): string {
  const lockfile = JSON.parse(readFileSync(join(ROOT, "package-lock.json"), "utf8"));
  const { version, integrity } = lockfile.packages[`node_modules/${name}`];
  const args = ["pack", "--silent", `${name}@${version}`];
  const file = execFileSync("npm", args, { encoding: "utf8", cwd: folder }).trim();
  const digest = `sha512-${createHash("sha512")
    .update(readFileSync(join(folder, file)))
    .digest("base64")}`;
  if (digest !== integrity) throw new Error(`found ${digest} as the digest of ${file}, wanted ${integrity}`);
  execFileSync("tar", ["-xzf", file, "package/bin", "package/LICENSE", "package/package.json"], { cwd: folder });
  return join(folder, "package");
}

/**
 * Writes the Node of a package to a folder: without symbols if `strip` is installed (18 MB less), and without libatomic.
 */
export function baseNode(arch: Arch, directory: string, folder: string): string {
  const base = join(folder, `node-${arch}`);
  writeFileSync(base, readFileSync(join(directory, "bin/node")), { mode: 0o755 });
  try {
    execFileSync(arch === process.arch ? "strip" : STRIP[arch], ["--strip-all", base], { stdio: "ignore" });
  } catch {
    console.warn(`${STRIP[arch]} is not installed: the executable will be larger`);
  }
  const bytes = readFileSync(base);
  withoutLibatomic(bytes);
  writeFileSync(base, bytes);
  return base;
}
