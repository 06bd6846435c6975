import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { basename, join } from "node:path";
import { DIST, type Made, make, REVISION, ROOT, sourceDate, VERSION } from "../build.ts";
import { gzip, put, tar } from "./archive.ts";
import type { Arch } from "./base_node.ts";
import { billOf } from "./bill.ts";
import { makeDeb } from "./deb.ts";
import { IMAGE_PACKAGES, makeImage } from "./image.ts";

/**
 * Creates the files of a release in dist/release: `node packaging/release.ts`. They are reproducible. It needs Debian: tar, dpkg-deb,
 * apt for the libraries of the image, and binutils of the other architecture.
 */

const RELEASE = join(DIST, "release");
const WORK = join(DIST, "release.work");
/** The Debian release of the image. */
const SUITE = "trixie";
const PACKAGES = join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "memory_exporter-release", SUITE);
/** The architectures: their names in Debian and Go, and in Node. */
const ARCHITECTURES: readonly (readonly ["amd64" | "arm64", Arch])[] = [
  ["amd64", "x64"],
  ["arm64", "arm64"],
];

/** Files of a tarball, with the arguments of `print`. */
const PRINTED: Readonly<Record<string, readonly string[]>> = {
  "systemd/memory_exporter.service": ["systemd-unit"],
  "systemd/memory_exporter.socket": ["systemd-socket"],
  "systemd/memory_exporter-push.service": ["systemd-unit", "push"],
  "systemd/memory_exporter-textfile.service": ["systemd-unit", "textfile"],
  "systemd/memory_exporter-textfile.timer": ["systemd-unit", "textfile-timer"],
  "default/memory_exporter": ["defaults"],
  "default/memory_exporter-push": ["defaults", "push"],
  "default/memory_exporter-textfile": ["defaults", "textfile"],
  "prometheus/alerts.yml": ["alerts"],
  "prometheus/recording_rules.yml": ["recording-rules"],
  "grafana/memory_exporter.json": ["dashboard"],
  "completions/memory_exporter.bash": ["completion", "bash"],
  "completions/_memory_exporter": ["completion", "zsh"],
  "completions/memory_exporter.fish": ["completion", "fish"],
  "memory_exporter.1": ["man"],
};

/** The output of `print`, which doesn't depend on the architecture. */
function print(...words: readonly string[]): string {
  return execFileSync(process.execPath, [join(DIST, "memory_exporter.mjs"), "print", ...words], { encoding: "utf8" });
}

const executableOf = (architecture: string) => join(WORK, `memory_exporter-${architecture}`);

function makeTarball(architecture: string, notices: string, date: number): void {
  const name = `memory_exporter-${VERSION}.linux-${architecture}`;
  const folder = join(WORK, name);
  put(folder, "memory_exporter", readFileSync(executableOf(architecture)), 0o755);
  put(folder, "THIRD_PARTY_NOTICES", notices);
  for (const file of ["LICENSE", "README.md", "CHANGELOG.md"]) put(folder, file, readFileSync(join(ROOT, file)));
  for (const [path, words] of Object.entries(PRINTED)) put(folder, path, print(...words));
  tar(WORK, join(RELEASE, `${name}.tar`), date, name);
  gzip(join(RELEASE, `${name}.tar`));
}

function makePackage(architecture: "amd64" | "arm64", notices: string, date: number): void {
  const tree = join(WORK, `deb-${architecture}`);
  const binary = executableOf(architecture);
  const places = ["PREFIX=/usr", "UNITDIR=/usr/lib/systemd/system", `DESTDIR=${tree}`, `BINARY=${binary}`];
  // The binary is up to date.
  execFileSync("make", ["--silent", `--old-file=${binary}`, "install", ...places], {
    cwd: ROOT,
    stdio: ["ignore", "ignore", "inherit"],
  });
  const changes = readFileSync(join(ROOT, "CHANGELOG.md"), "utf8");
  const file = join(RELEASE, `memory-exporter_${VERSION}-1_${architecture}.deb`);
  makeDeb({ version: VERSION, date, architecture, tree, print, notices, changes }, file);
}

function fetchLibraries(): void {
  for (const [architecture] of ARCHITECTURES) {
    const script = join(ROOT, "packaging/debian_packages.sh");
    execFileSync("sh", [script, SUITE, architecture, join(PACKAGES, architecture), ...IMAGE_PACKAGES], {
      stdio: "pipe",
    });
  }
}

function versionInImage(architecture: string, name: string): string {
  return readFileSync(join(PACKAGES, architecture, `${name}.version`), "utf8").trim();
}

function makeBill(packages: readonly string[], date: number): void {
  const npm = [
    ...packages.map((path) => path.slice(ROOT.length + 1)),
    ...ARCHITECTURES.map(([, arch]) => `node_modules/node-linux-${arch}`),
  ];
  const debian = ARCHITECTURES.flatMap(([architecture]) =>
    IMAGE_PACKAGES.map((name) => ({ name, architecture, version: versionInImage(architecture, name) })),
  );
  const bill = billOf({ version: VERSION, revision: REVISION, date, packages: npm, debian });
  writeFileSync(join(RELEASE, `memory_exporter-${VERSION}.cdx.json`), bill);
}

function sum(): void {
  const files = globSync("*", { cwd: RELEASE }).sort();
  const digest = (file: string) =>
    createHash("sha256")
      .update(readFileSync(join(RELEASE, file)))
      .digest("hex");
  writeFileSync(join(RELEASE, "sha256sums.txt"), files.map((file) => `${digest(file)}  ${basename(file)}\n`).join(""));
}

process.umask(0o022);
for (const folder of [RELEASE, WORK]) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
}
const date = sourceDate() ?? Math.floor(Date.now() / 1000);
const made: Made = await make(new Map(ARCHITECTURES.map(([architecture, arch]) => [arch, executableOf(architecture)])));
for (const [architecture, arch] of ARCHITECTURES) {
  const notices = made.notices.get(arch) ?? "";
  makeTarball(architecture, notices, date);
  makePackage(architecture, notices, date);
}
fetchLibraries();
const platforms = new Map(
  ARCHITECTURES.map(([architecture]) => [
    architecture,
    { executable: executableOf(architecture), packages: join(PACKAGES, architecture) },
  ]),
);
const facts = { version: VERSION, revision: REVISION, date };
makeImage(platforms, facts, join(WORK, "image"), join(RELEASE, `memory_exporter-${VERSION}.oci.tar`));
makeBill(made.packages, date);
sum();
rmSync(WORK, { recursive: true });
console.log(readFileSync(join(RELEASE, "sha256sums.txt"), "utf8"));
