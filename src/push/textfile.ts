import { randomBytes } from "node:crypto";
import { access, constants, type FileHandle, lstat, open, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { reasonOf } from "../system_error.ts";
import { quote } from "../text.ts";

/**
 * Holds that a file can be written at a path, as far as that can be known before it is written.
 * @throws Error in one line: no such directory, no permission, or something else than a file is there.
 */
export async function requireWritable(path: string): Promise<void> {
  const directory = dirname(path);
  const found = await stat(directory).catch(reasonOf);
  if (typeof found === "string" || !found.isDirectory()) {
    const why = typeof found === "string" ? found : "it is not a directory";
    throw new Error(`directory ${quote(directory)}: ${why}, wanted a directory that exists`);
  }
  await access(directory, constants.W_OK | constants.X_OK).catch((error: unknown) => {
    throw new Error(`directory ${quote(directory)}: ${reasonOf(error)}, wanted one that the exporter may write to`);
  });
  await requireRegular(path);
}

async function requireRegular(path: string): Promise<void> {
  const there = await lstat(path).catch(() => undefined);
  // A rename would put a file in the place of a device, a pipe or a link.
  if (there?.isDirectory()) throw new Error(`${quote(path)} is a directory, wanted the name of a file`);
  if (there && !there.isFile()) throw new Error(`${quote(path)} is not a regular file, wanted one or a new name`);
}

/**
 * Puts a text in the place of a file, whole: it is written beside it, brought to the disk, and renamed. The file is there
 * with its old content or the new one at every moment, and for everybody to read (0644).
 * @throws Error of the file system, or for a path with another kind of file; what was there is then as it was, and nothing
 * is left beside it.
 */
export async function replaceFile(path: string, text: string): Promise<void> {
  await requireRegular(path);
  // Not *.prom: the textfile collector doesn't read it.
  const beside = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString("hex")}.tmp`);
  try {
    await writeNew(beside, text);
    await rename(beside, path);
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
  await syncDirectory(dirname(path));
}

async function writeNew(path: string, text: string): Promise<void> {
  const file = await open(path, "wx", 0o600);
  try {
    await file.writeFile(text);
    await file.chmod(0o644);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** So that the new name outlives a crash of the machine. Some file systems don't let a directory be synced. */
async function syncDirectory(path: string): Promise<void> {
  let directory: FileHandle | undefined;
  try {
    directory = await open(path, "r");
    await directory.sync();
  } catch {
    // The file is whole in any case.
  } finally {
    await directory?.close();
  }
}
