import type { Family, MetricType, Sample } from "../metric.ts";
import { boundLabel, escapeQuoted, labelsText, numberText } from "./page.ts";

/** The ends of the names that a family of a type has to itself. */
const SUFFIXES: Readonly<Record<MetricType, readonly string[]>> = {
  gauge: [""],
  untyped: [""],
  counter: ["", "_total", "_created"],
  histogram: ["", "_bucket", "_sum", "_count", "_created"],
  summary: ["", "_sum", "_count", "_created"],
};

/**
 * OpenMetrics 1.0.0. prom-client's own can't be used: it knows no UNIT, doesn't escape quotes in HELP,
 * gives every counter a `_total` and writes `le` in a form that isn't canonical.
 * Differences to the text format: a counter's family is named without `_total`, and one that can't be (it lacks the suffix,
 * or a name is taken) becomes unknown, as client_golang does it; another family whose name is taken is left out
 * (the gauge `x_created` beside the histogram `x`).
 * @param page as `legalPage` gives it. @param lines what `sampleLines` gave of some of its families.
 */
export function encodeOpenMetrics(page: readonly Family[], lines: ReadonlyMap<Family, string> = new Map()): string {
  const taken = new Set<string>();
  let text = "";
  for (const family of page) {
    const head = headOf(family, taken);
    if (head === undefined) continue;
    text += `# TYPE ${head.name} ${head.type}\n`;
    if (family.unit && head.name.endsWith(`_${family.unit}`)) text += `# UNIT ${head.name} ${family.unit}\n`;
    if (family.help) text += `# HELP ${head.name} ${escapeQuoted(family.help)}\n`;
    text += lines.get(family) ?? sampleLines(family);
  }
  return `${text}# EOF\n`;
}

/** The lines of a family's samples, which don't depend on the others of its page. */
export function sampleLines(family: Family): string {
  let text = "";
  for (const sample of family.samples) text += sampleLine(family, sample);
  return text;
}

function headOf({ name, type }: Family, taken: Set<string>): { name: string; type: string } | undefined {
  const short = type === "counter" ? name.replace(/_total$/, "") : name;
  const isProper = type !== "counter" || (short !== name && short !== "");
  if (isProper && take(short, type, taken)) return { name: short, type: type === "untyped" ? "unknown" : type };
  return type === "counter" && take(name, "untyped", taken) ? { name, type: "unknown" } : undefined;
}

/** Takes the names of a family, all of them or none. */
function take(name: string, type: MetricType, taken: Set<string>): boolean {
  const suffixes = SUFFIXES[type];
  if (suffixes.some((suffix) => taken.has(name + suffix))) return false;
  for (const suffix of suffixes) taken.add(name + suffix);
  return true;
}

function sampleLine({ name, type }: Family, { labels, value, suffix }: Sample): string {
  const bound = boundLabel(type, suffix);
  const shown = bound === undefined ? labels : { ...labels, [bound]: canonicalBound(labels[bound] ?? "") };
  const isCount = suffix === "_bucket" || suffix === "_count";
  return `${name}${suffix ?? ""}${labelsText(shown)} ${isCount ? numberText(value) : floatText(value)}\n`;
}

/** A number that says that it is a float: `1.0`. */
function floatText(value: number): string {
  return Number.isInteger(value) && Math.abs(value) < 1e21 ? `${value}.0` : numberText(value);
}

/**
 * The form in which OpenMetrics wants `le` and `quantile` ("Canonical Numbers"): the shortest, as Go writes it with %g,
 * with an exponent of two digits below 1e-4 and from 1e6 on.
 */
function canonicalBound(text: string): string {
  const bound = Number(text);
  const magnitude = Math.abs(bound);
  if (text === "+Inf") return text;
  if (magnitude === 0 || (magnitude >= 1e-4 && magnitude < 1e6)) return floatText(bound);
  return bound.toExponential().replace(/e([+-])(\d)$/, "e$10$2");
}
