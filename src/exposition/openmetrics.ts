import type { Family, Sample } from "../metric.ts";
import { boundLabel, escapeQuoted, labelsText, numberText } from "./page.ts";

/**
 * OpenMetrics 1.0.0. prom-client's own can't be used: it knows no UNIT, doesn't escape quotes in HELP,
 * calls every counter `_total` and writes numbers that aren't canonical.
 * Differences to the text format: a counter's family is named without `_total`; one that can't be (it lacks the suffix,
 * or the short name belongs to another family) becomes unknown, as client_golang does it. The name `x_created`
 * belongs to the counter, histogram or summary `x`: a family of that name is left out beside it.
 * @param page as `legalPage` gives it.
 */
export function encodeOpenMetrics(page: readonly Family[]): string {
  const names = new Set(page.map((family) => family.name));
  const heads = page.map((family) => openMetricsHead(family, names));
  const created = new Set(heads.filter((head) => head.hasCreated).map((head) => `${head.name}_created`));
  let text = "";
  for (const [index, family] of page.entries()) {
    const head = heads[index];
    if (head === undefined || created.has(head.name)) continue;
    text += `# TYPE ${head.name} ${head.type}\n`;
    if (family.unit && head.name.endsWith(`_${family.unit}`)) text += `# UNIT ${head.name} ${family.unit}\n`;
    if (family.help) text += `# HELP ${head.name} ${escapeQuoted(family.help)}\n`;
    for (const sample of family.samples) text += sampleLine(family, sample);
  }
  return `${text}# EOF\n`;
}

type Head = { readonly name: string; readonly type: string; readonly hasCreated: boolean };

function openMetricsHead({ name, type }: Family, names: ReadonlySet<string>): Head {
  switch (type) {
    case "counter": {
      const short = name.replace(/_total$/, "");
      if (short === name || short === "" || names.has(short)) return { name, type: "unknown", hasCreated: false };
      return { name: short, type, hasCreated: true };
    }
    case "untyped":
      return { name, type: "unknown", hasCreated: false };
    default:
      return { name, type, hasCreated: type !== "gauge" };
  }
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
