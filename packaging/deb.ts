import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, renameSync, statSync } from "node:fs";
import { join } from "node:path";
import { gzip, put } from "./archive.ts";

/** Contents of a package. */
export type Contents = {
  readonly version: string;
  /** Seconds of the epoch. */
  readonly date: number;
  readonly architecture: "amd64" | "arm64";
  /** A folder with the result of `make install PREFIX=/usr`. Further files are added to it. */
  readonly tree: string;
  /** Returns the output of `memory_exporter print`. */
  readonly print: (...words: readonly string[]) => string;
  readonly notices: string;
  /** CHANGELOG.md. */
  readonly changes: string;
};

const NAME = "memory-exporter";
const DOCUMENTS = `usr/share/doc/${NAME}`;
const MAINTAINER = "memory_exporter maintainers <maintainers@memory-exporter.example.org>";
const SCRIPTS = join(import.meta.dirname, "debian");
/** Fast compression. Stronger compression takes ten times as long and saves a fifth. */
const COMPRESSION = ["-Zxz", "-z1", "--threads-max=1"];

/** Makes a Debian package. The versions are those of the symbols that the program needs (test/build.test.ts). */
export function makeDeb(contents: Contents, file: string): void {
  const { version, date, architecture, tree, print, notices, changes } = contents;
  const write = (path: string, content: string | Uint8Array, mode?: number) => put(tree, path, content, mode);
  const compressed = (path: string, content: string) => {
    write(path, content);
    gzip(join(tree, path), 9);
  };
  gzip(join(tree, "usr/share/man/man1/memory_exporter.1"), 9);
  renameSync(join(tree, "usr/share/zsh/site-functions"), join(tree, "usr/share/zsh/vendor-completions"));
  write("etc/default/memory_exporter", print("defaults"));
  mkdirSync(join(tree, "etc/memory_exporter"));
  write(`${DOCUMENTS}/copyright`, readFileSync(join(SCRIPTS, "copyright")));
  write(`usr/share/lintian/overrides/${NAME}`, readFileSync(join(SCRIPTS, "lintian-overrides")));
  compressed(`${DOCUMENTS}/third-party-notices`, notices);
  compressed(`${DOCUMENTS}/changelog`, changes);
  compressed(`${DOCUMENTS}/changelog.Debian`, debianChanges(version, date));
  write("DEBIAN/conffiles", "/etc/default/memory_exporter\n");
  for (const script of ["postinst", "prerm", "postrm"])
    write(`DEBIAN/${script}`, readFileSync(join(SCRIPTS, script)), 0o755);
  write("DEBIAN/md5sums", md5sums(tree));
  write("DEBIAN/control", control(version, architecture, kibibytesOf(tree)));
  const env = { ...process.env, SOURCE_DATE_EPOCH: String(date) };
  execFileSync("dpkg-deb", ["--root-owner-group", ...COMPRESSION, "--build", tree, file], { env, stdio: "pipe" });
}

/** The files of a package, without its metadata. */
function filesOf(tree: string): readonly string[] {
  const entries = readdirSync(tree, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return paths
    .map((path) => path.slice(tree.length + 1))
    .filter((path) => !path.startsWith("DEBIAN/"))
    .sort();
}

function md5sums(tree: string): string {
  const files = filesOf(tree).filter((path) => !path.startsWith("etc/"));
  return execFileSync("md5sum", files, { cwd: tree, encoding: "utf8" });
}

function kibibytesOf(tree: string): number {
  const sizes = filesOf(tree).map((path) => Math.ceil(statSync(join(tree, path)).size / 1024));
  return sizes.reduce((sum, size) => sum + size, 0);
}

function control(version: string, architecture: string, kibibytes: number): string {
  return `Package: ${NAME}
Version: ${version}-1
Architecture: ${architecture}
Maintainer: ${MAINTAINER}
Installed-Size: ${kibibytes}
Depends: libc6 (>= 2.28), libgcc-s1 (>= 3.0) | libgcc1 (>= 1:4.2), libstdc++6 (>= 5.2), init-system-helpers (>= 1.54~)
Recommends: procps
Section: net
Priority: optional
Description: Prometheus exporter that runs the memory command safely
 Runs the memory command of a machine (free), or commands of your own, in
 each scrape, and serves what it prints as metrics for Prometheus. Whatever a
 command does, it is killed at its timeout with all that it started, and is
 reaped. Results can be pushed too: to a Pushgateway, by remote write, or by
 OTLP.
`;
}

function debianChanges(version: string, date: number): string {
  const day = new Date(date * 1000).toUTCString().replace("GMT", "+0000");
  return `${NAME} (${version}-1) unstable; urgency=medium\n\n  * Release ${version}: see changelog.gz.\n\n -- ${MAINTAINER}  ${day}\n`;
}
