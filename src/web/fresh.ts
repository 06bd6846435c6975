import { type BigIntStats, statSync } from "node:fs";

/** Something that was read from files. */
export type Reading<T> = { readonly value: T; readonly files: readonly string[] };

/** Within this time after a change, a file may change again without its time telling. */
const SETTLED_MS = 1000;

/**
 * What `read` gives, read again when one of its files has changed. The files are looked at on each call (one stat each):
 * device, inode, size and times tell of a change, and a file that has just changed is read anew until it has settled.
 */
export function readFresh<T>(read: () => Reading<T>): () => T {
  let last: { readonly reading: Reading<T>; readonly stamp: string } | undefined;
  return () => {
    if (last?.stamp && last.stamp === stampOf(last.reading.files)) return last.reading.value;
    const beganMs = Date.now();
    const reading = read();
    // Looked at after the reading: a change in between is too young to be trusted.
    last = { reading, stamp: stampOf(reading.files, beganMs) };
    return reading.value;
  };
}

/** Empty where a file is missing, or changed later than a second before `readAtMs`. */
function stampOf(files: readonly string[], readAtMs = Number.POSITIVE_INFINITY): string {
  const stamps: string[] = [];
  for (const file of files) {
    const found = lookAt(file);
    if (found === undefined || Number(found.ctimeMs) > readAtMs - SETTLED_MS) return "";
    const { dev, ino, size, mtimeNs, ctimeNs } = found;
    stamps.push([dev, ino, size, mtimeNs, ctimeNs].join(" "));
  }
  return stamps.join("\n");
}

function lookAt(file: string): BigIntStats | undefined {
  try {
    return statSync(file, { bigint: true });
  } catch {
    return undefined;
  }
}
