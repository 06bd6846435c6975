import { boundLabel, faultOf } from "../family_rules.ts";
import { type Family, type Labels, type MetricType, type Sample, seriesName } from "../metric.ts";
import { boundOf } from "./lines.ts";
import { escapeQuoted, metricText, numberText, seriesText } from "./series.ts";

/** Suffixes of the names that a family reserves, by type. */
const SUFFIXES: Readonly<Record<MetricType, readonly string[]>> = {
  gauge: [""],
  untyped: [""],
  counter: ["", "_total", "_created"],
  histogram: ["", "_bucket", "_sum", "_count", "_created"],
  summary: ["", "_sum", "_count", "_created"],
  gaugehistogram: ["", "_bucket", "_gsum", "_gcount"],
  stateset: [""],
  info: ["", "_info"],
};

/** Suffixes that samples have and the name of their family lacks. */
const ENDS: Readonly<Partial<Record<MetricType, RegExp>>> = { counter: /_total$/, info: /_info$/ };

/**
 * Encodes OpenMetrics 1.0.0. prom-client's encoder isn't used: it has no UNIT, doesn't escape quotes in HELP, appends `_total` to
 * every counter, and its `le` isn't canonical.
 * The name of a counter family has no `_total`. As in client_golang, the type of a counter without this suffix, or whose name is
 * taken, becomes unknown. Another family whose name is taken is left out (the gauge `x_created` of the histogram `x`).
 * Families that are passed through and break the rules of their type become unknown, one for each series name.
 * @param page from `legalPage`.
 */
export function encodeOpenMetrics(page: readonly Family[]): string {
  const taken = new Set<string>();
  const blocks: string[] = [];
  for (const given of page) {
    for (const family of given.verbatim && !given.lines && faultOf(given) ? unknowns(given) : [given]) {
      const head = headOf(family, taken);
      if (head !== undefined) blocks.push(block(family, head));
    }
  }
  return `${blocks.join("")}# EOF\n`;
}

function block(family: Family, { name, type }: Head): string {
  const shown = metricText(name);
  let text = `# TYPE ${shown} ${type}\n`;
  if (family.unit && name.endsWith(`_${family.unit}`)) text += `# UNIT ${shown} ${family.unit}\n`;
  if (family.help) text += `# HELP ${shown} ${escapeQuoted(family.help)}\n`;
  if (family.lines) return `${text}${family.lines.text}\n`;
  // A single join takes half the memory of a text that grows line by line.
  return text + family.samples.map((sample) => sampleLine(family, sample)).join("");
}

/** A family without a type for each series name of a family. */
function unknowns(family: Family): readonly Family[] {
  const { unit: _, ...head } = family;
  return [...new Set(family.samples.map((sample) => sample.suffix))].map((suffix) => {
    const samples = family.samples.filter((sample) => sample.suffix === suffix);
    const bound = boundLabel(family.type, suffix);
    const plain = samples.map(({ suffix: _suffix, exemplar: _exemplar, labels, ...sample }) => ({
      ...sample,
      // As Prometheus 3 stores the bounds of a histogram of text.
      labels: bound === undefined ? labels : withCanonicalBound(labels, bound),
    }));
    return { ...head, name: seriesName(family, suffix), type: "untyped", samples: plain };
  });
}

type Head = { readonly name: string; readonly type: string };

function headOf({ name, type }: Family, taken: Set<string>): Head | undefined {
  const end = ENDS[type];
  const short = end ? name.replace(end, "") : name;
  const isProper = end === undefined || (short !== name && short !== "");
  if (isProper && reserve(short, type, taken)) return { name: short, type: type === "untyped" ? "unknown" : type };
  return end && reserve(name, "untyped", taken) ? { name, type: "unknown" } : undefined;
}

/** Reserves all names of a family, or none if one is taken. */
function reserve(name: string, type: MetricType, taken: Set<string>): boolean {
  const suffixes = SUFFIXES[type];
  if (suffixes.some((suffix) => taken.has(name + suffix))) return false;
  for (const suffix of suffixes) taken.add(name + suffix);
  return true;
}

function sampleLine(family: Family, { labels, value, suffix, timestampMs, exemplar }: Sample): string {
  const bound = boundLabel(family.type, suffix);
  const shown = bound === undefined ? labels : withCanonicalBound(labels, bound);
  const isCount = suffix === "_bucket" || suffix === "_count" || suffix === "_gcount";
  let text = `${seriesText(seriesName(family, suffix), shown)} ${isCount ? numberText(value) : floatText(value)}`;
  if (timestampMs !== undefined) text += ` ${secondsText(timestampMs)}`;
  if (exemplar !== undefined) text += ` # ${exemplar}`;
  return `${text}\n`;
}

/** Seconds that give the same milliseconds when they are multiplied by 1000 and truncated, as Prometheus does. */
function secondsText(ms: number): string {
  const seconds = ms / 1000;
  return Math.trunc(seconds * 1000) === ms ? numberText(seconds) : `${seconds.toFixed(3)}1`;
}

/** A number with a decimal point or exponent: `1.0`. */
function floatText(value: number): string {
  return Number.isInteger(value) && Math.abs(value) < 1e21 ? `${numberText(value)}.0` : numberText(value);
}

function withCanonicalBound(labels: Labels, bound: string): Labels {
  const [found = "", canonical] = [labels[bound], canonicalBound(labels[bound] ?? "")];
  return found === canonical ? labels : { ...labels, [bound]: canonical };
}

/**
 * The form of `le` and `quantile` that OpenMetrics requires ("Canonical Numbers"): the shortest, as %g in Go, with a two-digit
 * exponent below 1e-4 and from 1e6 on.
 */
function canonicalBound(text: string): string {
  const bound = boundOf(text);
  const magnitude = Math.abs(bound);
  if (!Number.isFinite(bound)) return numberText(bound);
  if (magnitude === 0 || (magnitude >= 1e-4 && magnitude < 1e6)) return floatText(bound);
  return bound.toExponential().replace(/e([+-])(\d)$/, "e$10$2");
}
