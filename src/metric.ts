import { OverflowError, quote } from "./text.ts";

/** Families and samples. They are plain values, created for each page. */

/**
 * Metric types of OpenMetrics 1.0, with `untyped` for its unknown. The last three occur only in pages that are passed through;
 * text 0.0.4 doesn't have them.
 */
export type MetricType =
  | "gauge"
  | "counter"
  | "histogram"
  | "summary"
  | "untyped"
  | "gaugehistogram"
  | "stateset"
  | "info";

export type Labels = Readonly<Record<string, string>>;

/** One line of the exposition. `suffix` is set for the parts of a histogram or summary, and for `_created`. */
export type Sample = {
  readonly labels: Labels;
  readonly value: number;
  readonly suffix?: "_bucket" | "_sum" | "_count" | "_gsum" | "_gcount" | "_created";
  /** Timestamp of the value in whole milliseconds since 1970. Undefined means now. */
  readonly timestampMs?: number;
  /** As OpenMetrics writes it: `{trace_id="a"} 0.5 1520879607.789`. */
  readonly exemplar?: string;
};

/**
 * All samples of one metric name. The name of a counter ends in `_total`, that of an info in `_info`; `unit` is the
 * OpenMetrics unit (`bytes`, `seconds`), which is then the end of the name (before `_total`).
 */
export type Family = MetricHead & {
  readonly samples: readonly Sample[];
  /** Set for families that are passed through: names may be any UTF-8, values NaN, counters negative, and a series may have several timestamps. */
  readonly verbatim?: true;
  /** Its samples as lines of the text formats, if they need no rewriting. Not on copies, which may have other samples. */
  readonly lines?: Lines;
};

/** Lines of text with one sample each, without the last line end. */
export type Lines = { readonly text: string; readonly count: number };

/** A family that is passed through unchanged. `read` parses the lines when `samples` is accessed. */
export function linedFamily(head: MetricHead, lines: Lines, read: () => readonly Sample[]): Family {
  let samples: readonly Sample[] | undefined;
  const family: Family = {
    ...head,
    get samples() {
      samples ??= read();
      return samples;
    },
    verbatim: true,
  };
  // Not enumerable, so that `{...family}` doesn't copy it.
  return Object.defineProperty(family, "lines", { value: lines });
}

/** Number of samples of a family. */
export function sampleCount(family: Family): number {
  return family.lines?.count ?? family.samples.length;
}

/** The name of a series: the family name and a suffix. The creation time of the counter `a_total` is `a_created`. */
export function seriesName({ name, type }: MetricHead, suffix: Sample["suffix"]): string {
  if (suffix === undefined) return name;
  return type === "counter" ? name.replace(/_total$/, "") + suffix : name + suffix;
}

/** Metadata of a metric, as in the tables of presets and in `docs/metrics.md`. */
export type MetricHead = {
  readonly name: string;
  readonly help: string;
  readonly type: MetricType;
  readonly unit?: string;
};

/** A gauge. Its unit is the suffix of its name: `bytes`, `seconds`, `ratio`. */
export function gauge(name: string, help: string): MetricHead {
  return headOf("gauge", name, help);
}

/** A counter. Its unit is the suffix of its name before `_total`. */
export function counter(name: string, help: string): MetricHead {
  return headOf("counter", name, help);
}

/** A metric with the unit of its name. */
export function headOf(type: MetricType, name: string, help: string): MetricHead {
  const unit = /_(bytes|seconds|ratio)(?:_total)?$/.exec(name)?.[1];
  return { name, help, type, ...(unit && { unit }) };
}

/** A family with the given samples; those without a value (null or undefined) are left out. */
export function family(head: MetricHead, samples: readonly (readonly [Labels, number | null | undefined])[]): Family {
  return boundedFamily(head, samples, Number.POSITIVE_INFINITY);
}

/**
 * The same for samples that are generated.
 * @throws OverflowError as soon as there are more than `maxSeries`.
 */
export function boundedFamily(
  head: MetricHead,
  samples: Iterable<readonly [Labels, number | null | undefined]>,
  maxSeries = Number.POSITIVE_INFINITY,
): Family {
  const kept: Sample[] = [];
  for (const [labels, value] of samples) {
    if (value === null || value === undefined || Number.isNaN(value)) continue;
    if (kept.length >= maxSeries) throw new OverflowError(maxSeries);
    kept.push({ labels, value });
  }
  return { name: head.name, help: head.help, type: head.type, ...(head.unit && { unit: head.unit }), samples: kept };
}

/** A key that is unique for each series of a family. A label with an empty value is the same as no label. */
export function sampleKey({ labels, suffix }: Sample): string {
  const pairs = Object.entries(labels).filter(([, value]) => value !== "");
  return JSON.stringify([suffix, pairs.sort()]);
}

/** The message about two metrics of one name that differ. @param where the other one is */
export function headConflict(key: "type" | "help" | "unit", one: MetricHead, other: MetricHead, where: string): string {
  const found = one[key] === undefined ? `no ${key}` : `${key} ${quote(one[key])}`;
  const wanted = other[key] === undefined ? "none" : quote(other[key]);
  return `found ${found} of ${quote(one.name)}, wanted ${wanted}, ${where}`;
}
