import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** Reproducible archives. */

/** Writes a file and its parent directories, independent of the umask. */
export function put(folder: string, path: string, content: string | Uint8Array, mode = 0o644): void {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content, { mode });
}

/** Packs entries of a folder, with one date (seconds since the epoch), owned by root and readable for all. */
export function tar(folder: string, file: string, seconds: number, ...entries: readonly string[]): void {
  const owner = ["--owner=0", "--group=0", "--numeric-owner", "--mode=u=rwX,go=rX"];
  const args = ["--format=gnu", "--sort=name", `--mtime=@${seconds}`, ...owner, `--directory=${folder}`, "-cf", file];
  execFileSync("tar", [...args, ...entries], { stdio: ["ignore", "inherit", "inherit"] });
}

/** Compresses a file to FILE.gz, and removes it. */
export function gzip(file: string, level: 6 | 9 = 6): void {
  execFileSync("gzip", ["--no-name", `-${level}`, file]);
}
