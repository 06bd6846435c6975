import { randomBytes } from "node:crypto";
import { access, constants, type FileHandle, lstat, open, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { reasonOf } from "../system_error.ts";
import { quote } from "../text.ts";

/**
 * Checks that a file can be written at a path, as far as that is known before writing it.
 * @throws Error in one line: there is no such directory, no permission, or something other than a file
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
  // A rename would replace a device, a pipe or a link by a file.
  if (there?.isDirectory()) throw new Error(`${quote(path)} is a directory, wanted the name of a file`);
  if (there && !there.isFile()) throw new Error(`${quote(path)} is not a regular file, wanted one or a new name`);
}

/**
 * Replaces a file atomically: the text is written to a new file in the same directory, synced to disk, and renamed. All users can
 * read it (0644).
 * @throws Error of the file system, or if there is something other than a file; then nothing is changed
 */
export async function replaceFile(path: string, text: string): Promise<void> {
  await requireRegular(path);
  // Not named *.prom, so that the textfile collector doesn't read it.
  const temporary = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString("hex")}.tmp`);
  try {
    await writeNew(temporary, text);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
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

/** Syncs the directory, so that the new name survives a crash of the machine. Some file systems don't support it. */
async function syncDirectory(path: string): Promise<void> {
  let directory: FileHandle | undefined;
  try {
    directory = await open(path, "r");
    await directory.sync();
  } catch {
    // The file is complete in any case.
  } finally {
    await directory?.close();
  }
}
