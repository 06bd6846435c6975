import { type Family, family, gauge, type Labels, sampleKey } from "../metric.ts";
import type { OneFile } from "../read_file.ts";
import type { Output, Read } from "../source.ts";
import { ParseError, quote } from "../text.ts";

/** Reads the files of a `file` source separately: an invalid file doesn't affect the others. */

const MTIME = gauge(
  "memory_exporter_file_mtime_seconds",
  "When the file was last written, in seconds since the epoch.",
);
const SUCCESS = gauge("memory_exporter_file_success", "Whether the file was read and understood.");

/** The metrics about files. Labels: `command`, `file`. */
export const FILE_METRICS = [MTIME, SUCCESS] as const;

/** A reader for several files, made from the reader of one. @param isPattern if not, an invalid file fails the run */
export function fileRead(name: string, isPattern: boolean, read: Read): Read {
  return (output) => {
    let kept: ReadonlyMap<string, Family> = new Map();
    const good = new Map<string, boolean>();
    const files = output.files ?? [];
    for (const file of files) {
      try {
        kept = together(kept, familiesOf(file, read, output));
        good.set(file.path, true);
      } catch (error) {
        if (!(error instanceof ParseError) || !isPattern) throw error;
        good.set(file.path, false);
        output.warn?.(`Can't read ${quote(file.path)}: ${"reason" in file ? file.reason : error.message}`);
      }
    }
    const labels = (file: string): Labels => ({ command: name, file });
    const times = files.flatMap((file) =>
      "mtimeMs" in file ? [[labels(file.path), file.mtimeMs / 1000] as const] : [],
    );
    const successes = [...good].map(([path, isGood]) => [labels(path), Number(isGood)] as const);
    return [...kept.values(), family(MTIME, times), ...(isPattern ? [family(SUCCESS, successes)] : [])];
  };
}

function familiesOf(file: OneFile, read: Read, output: Output): readonly Family[] {
  if ("reason" in file) throw new ParseError(`${quote(file.path)}: ${file.reason}`);
  const { files: _, ...rest } = output;
  return read({ ...rest, stdout: file.bytes });
}

/** Merges the families of a file into those of earlier files. @throws ParseError if a family can't be merged */
function together(kept: ReadonlyMap<string, Family>, families: readonly Family[]): ReadonlyMap<string, Family> {
  const all = new Map(kept);
  for (const one of families) {
    const known = all.get(one.name);
    all.set(one.name, known ? { ...known, samples: [...known.samples, ...one.samples] } : one);
    if (known === undefined) continue;
    const key = (["type", "help", "unit"] as const).find((key) => known[key] !== one[key]);
    if (key !== undefined) throw new ParseError(`found another ${key} of ${quote(one.name)} than in a file before it`);
    const keys = new Set(known.samples.map(sampleKey));
    if (one.samples.some((sample) => keys.has(sampleKey(sample))))
      throw new ParseError(`found a series of ${quote(one.name)} that a file before it has`);
  }
  return all;
}
