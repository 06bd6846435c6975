import type { Family, Sample } from "../metric.ts";
import { escapeQuoted, labelsText } from "./page.ts";

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
    for (const sample of family.samples) text += sampleLine(family.name, sample);
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

function sampleLine(name: string, { labels, value, suffix }: Sample): string {
  const number = suffix === "_bucket" || suffix === "_count" ? String(value) : canonicalNumber(value);
  return `${name}${suffix ?? ""}${labelsText(labels, suffix === "_sum" ? undefined : canonicalBound)} ${number}\n`;
}

function canonicalBound(name: string, value: string): string {
  return name === "le" || name === "quantile" ? canonicalNumber(Number(value.replace("Inf", "Infinity"))) : value;
}

/**
 * The shortest form, as Go writes it with %g: an exponent of two digits below 1e-4 and from 1e6 on (1.5e+06), else a point
 * is never missing (1.0). OpenMetrics wants `le` and `quantile` in this form ("Canonical Numbers").
 */
function canonicalNumber(value: number): string {
  if (!Number.isFinite(value)) return value > 0 ? "+Inf" : "-Inf";
  const magnitude = Math.abs(value);
  if (magnitude !== 0 && (magnitude < 1e-4 || magnitude >= 1e6)) {
    return value.toExponential().replace(/e([+-])(\d)$/, "e$10$2");
  }
  return Number.isInteger(value) ? `${value}.0` : String(value);
}
