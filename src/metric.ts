/** Families and samples: what every room hands to the next. Plain values, made afresh in each scrape. */

/** Metric types of the text exposition format 0.0.4 that this program produces. */
export type MetricType = "gauge" | "counter" | "histogram" | "summary" | "untyped";

export type Labels = Readonly<Record<string, string>>;

/** One line of the exposition. `suffix` is only there for the parts of a histogram or summary. */
export type Sample = {
  readonly labels: Labels;
  readonly value: number;
  readonly suffix?: "_bucket" | "_sum" | "_count";
};

/**
 * All samples of one metric name. The name of a counter ends in `_total`; `unit` is the OpenMetrics unit
 * (`bytes`, `seconds`), which is then the end of the name (before `_total`).
 */
export type Family = MetricHead & { readonly samples: readonly Sample[] };

/** What is known of a metric before it has samples: the row of a preset's table and of `docs/metrics.md`. */
export type MetricHead = {
  readonly name: string;
  readonly help: string;
  readonly type: MetricType;
  readonly unit?: string;
};

/** A family with the given samples; those without a value (null or undefined) are left out. */
export function family(head: MetricHead, samples: readonly (readonly [Labels, number | null | undefined])[]): Family {
  const kept: Sample[] = [];
  for (const [labels, value] of samples) {
    if (value !== null && value !== undefined && !Number.isNaN(value)) kept.push({ labels, value });
  }
  return { name: head.name, help: head.help, type: head.type, ...(head.unit && { unit: head.unit }), samples: kept };
}
