import type { Family, Labels } from "../metric.ts";

/** How characters other than `[a-zA-Z0-9_:]` in names are escaped. The client chooses. */
export type Escaping = "allow-utf-8" | "underscores" | "dots" | "values";

const PLAIN_METRIC = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const PLAIN_LABEL = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

/** Whether a metric name needs no quotes. */
export function isPlainMetric(name: string): boolean {
  return PLAIN_METRIC.test(name);
}

/** Whether a label name needs no quotes. */
export function isPlainLabel(name: string): boolean {
  return PLAIN_LABEL.test(name);
}

/** Escapes names by a scheme, as `model.EscapeMetricFamily` of prometheus/common does. */
export function escapeNames(families: readonly Family[], scheme: Escaping): readonly Family[] {
  if (scheme === "allow-utf-8" || !families.some((family) => family.verbatim)) return families;
  return families.map((family) => (family.verbatim ? escapedFamily(family, scheme) : family));
}

function escapedFamily(family: Family, scheme: Escaping): Family {
  const name = isPlainMetric(family.name) ? family.name : escapeName(family.name, scheme);
  if (family.lines || (name === family.name && family.samples.every(({ labels }) => hasPlainNames(labels))))
    return family;
  const samples = family.samples.map((sample) => ({ ...sample, labels: escapedLabels(sample.labels, scheme) }));
  return { ...family, name, samples };
}

function hasPlainNames(labels: Labels): boolean {
  for (const name in labels) if (!isPlainLabel(name)) return false;
  return true;
}

/** If two names become the same, the first label is kept. */
function escapedLabels(labels: Labels, scheme: Escaping): Labels {
  if (hasPlainNames(labels)) return labels;
  const escaped = new Map<string, string>();
  for (const name of Object.keys(labels)) {
    const plain = isPlainLabel(name) ? name : escapeName(name, scheme);
    if (!escaped.has(plain)) escaped.set(plain, labels[name] ?? "");
  }
  return Object.fromEntries(escaped);
}

function escapeName(name: string, scheme: Escaping): string {
  let escaped = scheme === "values" ? "U__" : "";
  let isFirst = true;
  for (const character of name) {
    escaped += escapeCharacter(character, isFirst, scheme);
    isFirst = false;
  }
  return escaped;
}

function escapeCharacter(character: string, isFirst: boolean, scheme: Escaping): string {
  const isPlain = /[a-zA-Z0-9_:]/.test(character) && !(isFirst && /\d/.test(character));
  if (scheme === "underscores") return isPlain ? character : "_";
  if (character === "_") return "__";
  if (scheme === "dots" && character === ".") return "_dot_";
  if (isPlain) return character;
  return scheme === "dots" ? "__" : `_${(character.codePointAt(0) ?? 0).toString(16)}_`;
}
