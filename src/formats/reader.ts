import type { Output, Read } from "../source.ts";
import type { Format, FormatProblem, MetricMapping, ShownRecord } from "./format.ts";

/** A format and its metrics, made ready: patterns are compiled, paths are parsed. */
export type FormatReader = {
  readonly read: Read;
  /** The first records of an output, at most `limit`. None where a format has no records (`prometheus`). Throws as `read` does. */
  readonly records: (output: Output, limit: number) => readonly ShownRecord[];
};

/** A reader, or all that is wrong with the description. */
export type ReadyFormat =
  | { readonly kind: "ok"; readonly value: FormatReader }
  | { readonly kind: "bad"; readonly problems: readonly FormatProblem[] };

/**
 * Makes a format ready. Loads what it needs, and nothing else, when it is called.
 * Checked here: what only the format can know (a pattern, a path, a field that can't be there). Keys, types of values,
 * and names of metrics and labels are checked before.
 */
export async function formatReader(format: Format, metrics: readonly MetricMapping[]): Promise<ReadyFormat> {
  const message = `found format ${format.format} with ${metrics.length} metrics, wanted one that can be read`;
  return { kind: "bad", problems: [{ path: ["parser", "format"], message }] };
}
