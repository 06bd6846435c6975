import type { Family, Labels } from "../metric.ts";
import type { Output } from "../source.ts";
import { ParseError, quote } from "../text.ts";
import { decodeUtf8, lineAt } from "./decode.ts";
import { readOpenMetricsPage } from "./openmetrics_page.ts";
import { readTextPage } from "./text_page.ts";

/**
 * Parses a page in text format 0.0.4, or in OpenMetrics 1.0 if its last line is `# EOF`.
 * @param labels are added to every sample.
 * @throws ParseError with the line of the first error.
 */
export function readPrometheus(
  { stdout, maxSeries = Number.POSITIVE_INFINITY }: Output,
  labels: Labels = {},
): readonly Family[] {
  const text = decodeUtf8(stdout);
  refuseBytes(text);
  const isOpenMetrics = /(?:^|\n)# EOF\n?$/.test(text.slice(-8));
  const families = isOpenMetrics ? readOpenMetricsPage(text, maxSeries) : withBeginnings(readTextPage(text, maxSeries));
  return Object.keys(labels).length === 0 ? families : families.map((family) => withLabels(family, labels));
}

/** Rejects NUL and CR LF. */
function refuseBytes(text: string): void {
  for (const [found, name] of [
    ["\0", "a NUL"],
    ["\r\n", "a line that ends in CR LF"],
  ] as const) {
    const at = text.indexOf(found);
    if (at >= 0) throw new ParseError(`found ${name}, wanted lines of text that end in LF`, lineAt(text, at));
  }
}

function withLabels(family: Family, labels: Labels): Family {
  const samples = family.samples.map((sample) => {
    const twice = Object.keys(labels).find((name) => Object.hasOwn(sample.labels, name) && sample.labels[name]);
    if (twice)
      throw new ParseError(
        `found label ${quote(twice)} in ${quote(family.name)}, wanted samples without it: the configuration adds it`,
      );
    return { ...sample, labels: { ...sample.labels, ...labels } };
  });
  return { ...family, samples };
}

/**
 * In text format, client libraries write the creation time of the counter `a_total` as a gauge `a_created` with the same HELP. In
 * OpenMetrics, this name belongs to the counter. So the samples of the gauge are moved to the family of the counter.
 */
function withBeginnings(families: readonly Family[]): readonly Family[] {
  const gauges = families.filter((family) => family.type === "gauge" && family.name.endsWith("_created"));
  if (gauges.length === 0) return families;
  const hosts = new Map<string, Family>();
  for (const family of families) {
    if (family.type === "counter" && family.name.endsWith("_total"))
      hosts.set(family.name.slice(0, -"_total".length), family);
    if (family.type === "histogram" || family.type === "summary") hosts.set(family.name, family);
  }
  const moved = new Map<Family, Family>();
  for (const gauge of gauges) {
    const host = hosts.get(gauge.name.slice(0, -"_created".length));
    if (host?.help === gauge.help && host.samples.length > 0) moved.set(host, gauge);
  }
  const gone = new Set(moved.values());
  return families
    .filter((family) => !gone.has(family))
    .map((family) => {
      const created = moved.get(family)?.samples.map((sample) => ({ ...sample, suffix: "_created" as const })) ?? [];
      return created.length === 0 ? family : { ...family, samples: [...family.samples, ...created] };
    });
}
