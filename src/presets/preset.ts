import type { MetricHead } from "../metric.ts";
import type { Origin, Read } from "../source.ts";

/** One way to get a preset's figures. */
export type PresetAttempt = Origin & {
  /** How to read it, where that isn't the preset's own way. */
  readonly read?: Read;
  /** The words that a reader gets, where they aren't those of the origin. */
  readonly words?: readonly string[];
};

/** A row of the metric table in docs/metrics.md. */
export type MetricRow = MetricHead & {
  /** The column, row or key of the output that it comes from. */
  readonly from: string;
};

/** A memory command: what to run and how to read it. A value; it runs nothing. */
export type Preset = {
  readonly name: string;
  /** One line for people: whose memory it reports, and where from. */
  readonly about: string;
  /** Names of programs (last part of the path) whose command lines this preset reads. */
  readonly programs: readonly string[];
  /** Where several presets name a program: whether this preset reads this command line. Without it, every one is. */
  readonly accepts?: (words: readonly string[]) => boolean;
  /** Tried in order at the first run; the first that works is kept. */
  readonly attempts: readonly PresetAttempt[];
  readonly read: Read;
  /** The same facts under the names, types and scales of node_exporter, where it knows them. */
  readonly readAsNodeExporter?: Read;
  /** Its attempts under those names, where they are others. */
  readonly attemptsAsNodeExporter?: readonly PresetAttempt[];
  /** Throws a ParseError for a command line from which it doesn't follow how to read its output: its units or columns. */
  readonly checkWords?: (words: readonly string[]) => void;
  /** The command line that an output is read as where none is named; without it, that of the first attempt. */
  readonly defaultWords?: readonly string[];
  /** Every metric that it can give. */
  readonly metrics: readonly MetricRow[];
};
