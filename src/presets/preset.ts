import type { MetricHead } from "../metric.ts";
import type { Origin, Read } from "../source.ts";

/** One way to get the values of a preset. */
export type PresetAttempt = Origin & {
  /** The reader, if it isn't that of the preset. */
  readonly read?: Read;
  /** The command line for the reader, if it isn't that of the origin. */
  readonly words?: readonly string[];
};

/** A row of the metric table in docs/metrics.md. */
export type MetricRow = MetricHead & {
  /** The column, row or key in the output. */
  readonly from: string;
};

/** A memory command: what to run, and how to parse its output. */
export type Preset = {
  readonly name: string;
  /** Description in one line: what it reports, and from where. */
  readonly about: string;
  /** Names of programs (last part of the path) whose command lines this preset reads. */
  readonly programs: readonly string[];
  /** Whether this preset reads a command line of its programs. Needed if several presets name the same program. */
  readonly accepts?: (words: readonly string[]) => boolean;
  /** Tried in order in the first run. The first that works is used. */
  readonly attempts: readonly PresetAttempt[];
  readonly read: Read;
  /** A reader that uses the names, types and units of node_exporter, if there is one. */
  readonly readAsNodeExporter?: Read;
  /** The attempts for these names, if they differ. */
  readonly attemptsAsNodeExporter?: readonly PresetAttempt[];
  /** Throws a ParseError for a command line that doesn't determine the units or columns of its output. */
  readonly checkWords?: (words: readonly string[]) => void;
  /** The command line that `parse` assumes by default. Without it, that of the first attempt. */
  readonly defaultWords?: readonly string[];
  /** All metrics that it can give. */
  readonly metrics: readonly MetricRow[];
};
