import { readdir } from "node:fs/promises";
import { type FileRead, type OneFile, readFileWithin } from "../read_file.ts";
import { type Files, isPattern } from "../source.ts";

/** The result of a read: the bytes, or why there are none. */
export type FilesRead =
  | {
      readonly kind: "ok";
      readonly stdout: Uint8Array;
      readonly stderrTail: "";
      readonly held: false;
      readonly files?: readonly OneFile[];
    }
  | { readonly kind: "spawn"; readonly reason: string }
  | { readonly kind: "overflow"; readonly stream: "stdout"; readonly limitBytes: number };

/** Number of files that are read at the same time. The runtime has four threads for this. */
const AT_ONCE = 4;

/**
 * Reads the files of an origin (see src/source.ts). Resolves when the last read has ended, however long that takes: the caller
 * watches the deadline. Never rejects.
 */
export async function readFiles({ files, lines, apart }: Files, limitBytes: number): Promise<FilesRead> {
  const read = (path: string) => readWhole(path, limitBytes);
  const patterns = typeof files === "function" ? await files(async (path) => utf8Of(await read(path))) : files;
  const paths = (await Promise.all(patterns.map(expand))).flat();
  if (apart) return readApart(paths, limitBytes);
  const isAsItIs = typeof files !== "function" && patterns.length === 1 && paths[0] === patterns[0] && !lines;
  const texts: string[] = [];
  let reason = `${patterns.join(", ")}: no such file`;
  let length = 0;
  await forEach(paths, async (path, at) => {
    if (length > limitBytes) return;
    const found = await read(path);
    const text = textOf(found);
    if (text !== undefined) texts[at] = isAsItIs ? text : marked(path, text, lines);
    else if (found.kind !== "ok") reason = `${path}: ${found.reason}`;
    length += found.kind === "overflow" ? limitBytes + 1 : (texts[at]?.length ?? 0);
  });
  if (length > limitBytes) return { kind: "overflow", stream: "stdout", limitBytes };
  const all = texts.filter((text) => text !== undefined);
  if (all.length === 0) return { kind: "spawn", reason };
  return { kind: "ok", stdout: Buffer.from(all.join(""), "latin1"), stderrTail: "", held: false };
}

async function readApart(paths: readonly string[], limitBytes: number): Promise<FilesRead> {
  const files: OneFile[] = [];
  let length = 0;
  await forEach(paths, async (path, at) => {
    if (length > limitBytes) return;
    const read = await readWhole(path, limitBytes);
    length += read.kind === "ok" ? read.bytes.length : 0;
    files[at] = read.kind === "ok" ? { path, bytes: read.bytes, mtimeMs: read.mtimeMs } : { path, reason: read.reason };
  });
  if (length > limitBytes) return { kind: "overflow", stream: "stdout", limitBytes };
  return { kind: "ok", stdout: new Uint8Array(0), stderrTail: "", held: false, files };
}

/** Calls a function for each path, for some at the same time. */
async function forEach(paths: readonly string[], use: (path: string, at: number) => Promise<void>): Promise<void> {
  let next = 0;
  const work = async () => {
    for (let at = next++; at < paths.length; at = next++) await use(paths[at] ?? "", at);
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, paths.length) }, work));
}

/** Reads a file without a time limit: the caller watches the deadline. */
const readWhole = (path: string, limitBytes: number) =>
  readFileWithin(path, { limitBytes, timeoutMs: Number.POSITIVE_INFINITY, allowSizeless: true });

/** Bytes as Latin-1 text. Undefined if the file couldn't be read. */
function textOf(read: FileRead): string | undefined {
  if (read.kind !== "ok") return undefined;
  const { buffer, byteOffset, byteLength } = read.bytes;
  return Buffer.from(buffer, byteOffset, byteLength).toString("latin1");
}

/** Text from which paths are made. */
function utf8Of(read: FileRead): string | undefined {
  return read.kind === "ok" ? new TextDecoder().decode(read.bytes) : undefined;
}

/** Adds the path to each line, and filters lines by their beginning. */
function marked(path: string, text: string, beginnings: readonly string[] | undefined): string {
  const prefix = `${Buffer.from(path).toString("latin1")}:`;
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  const kept = beginnings ? lines.filter((line) => beginnings.some((one) => line.startsWith(one))) : lines;
  return kept.map((line) => `${prefix}${line}\n`).join("");
}

/** The paths that a pattern matches, in order. */
async function expand(pattern: string): Promise<readonly string[]> {
  if (!isPattern(pattern)) return [pattern];
  let paths = [""];
  for (const part of pattern.split("/").slice(1)) {
    const next = isPattern(part)
      ? await Promise.all(paths.map((path) => namesIn(`${path}/`, part)))
      : [paths.map((path) => `${path}/${part}`)];
    paths = next.flat();
  }
  return paths;
}

/** As in a shell, a pattern doesn't match a leading dot. */
async function namesIn(directory: string, part: string): Promise<readonly string[]> {
  const quoted = part.replace(/\[0-9\]|[.+?^${}()|\\[\]]/g, (found) => (found === "[0-9]" ? found : `\\${found}`));
  const pattern = new RegExp(`^(?!\\.)${quoted.replaceAll("*", ".*")}$`, "s");
  const names = await readdir(directory).catch(() => []);
  return names
    .filter((name) => pattern.test(name))
    .sort()
    .map((name) => directory + name);
}
