import { type Family, headConflict, type Sample, sampleKey, seriesName } from "../metric.ts";
import { quote } from "../text.ts";
import { inNamespace } from "./assembly.ts";
import type { Result } from "./result.ts";

/** Conflicts between families of several sources on a page: a name with two types, or a series twice. */

/** Names that Prometheus adds to every scrape, and those of the exporter's metrics about commands. */
const RESERVED = /^(?:up|scrape_.*|memory_exporter_(?!file_).*)$/;

/**
 * Why a command's metric can't have its name on the page. Undefined if it can.
 * @param name in the user's namespace
 * @param own names that the exporter itself has on the page
 */
export function reservedName(
  name: string,
  namespace: string,
  own: ReadonlySet<string> = new Set(),
): string | undefined {
  if (!RESERVED.test(name) && name !== `${namespace}_up` && !own.has(name)) return undefined;
  return `found ${quote(name)}, which is a name of the exporter or of Prometheus itself`;
}

/** A family on the page, and its source. */
type Standing = { readonly family: Family; readonly result: Result };

/**
 * Resolves conflicts, in the order of the results. A result that conflicts with an earlier one loses its families and gets the
 * outcome `parse`. If presets give the same series, the first one is used, which is no conflict.
 * @param own names that the exporter itself has on the page
 */
export function withoutConflicts(
  results: readonly Result[],
  namespace: string,
  own: ReadonlySet<string>,
): readonly Result[] {
  const byName = new Map<string, Standing[]>();
  /** The family of each series name. */
  const owners = new Map<string, string>();
  return results.map((result) => {
    const families = result.families.map((family) => ({ family: inNamespace(family, namespace), result }));
    for (const { family } of families) {
      const detail =
        reservedName(family.name, namespace, own) ??
        partOfAnother(family, owners) ??
        conflictWith(byName.get(family.name) ?? [], family, result);
      if (detail !== undefined) return { ...result, outcome: "parse", detail, families: [] };
    }
    // A single result can't conflict.
    for (const one of results.length > 1 ? families : []) {
      byName.set(one.family.name, [...(byName.get(one.family.name) ?? []), one]);
      for (const name of seriesNames(one.family)) owners.set(name, one.family.name);
    }
    return result;
  });
}

function seriesNames(family: Family): ReadonlySet<string> {
  if (family.lines) return new Set([family.name]);
  const suffixes = new Set(family.samples.map(({ suffix }) => suffix));
  return new Set([family.name, ...[...suffixes].map((suffix) => seriesName(family, suffix))]);
}

function partOfAnother(family: Family, owners: ReadonlyMap<string, string>): string | undefined {
  for (const name of owners.size > 0 ? seriesNames(family) : []) {
    const owner = owners.get(name);
    const found = name === family.name ? quote(name) : `${quote(name)} of ${quote(family.name)}`;
    if (owner !== undefined && owner !== family.name) return `found ${found}, which is a series of ${quote(owner)} too`;
  }
  return undefined;
}

function conflictWith(others: readonly Standing[], family: Family, result: Result): string | undefined {
  for (const other of others) {
    if (result.yields && other.result.yields) continue;
    const where = `as command ${quote(other.result.source)} has it`;
    const key = (["type", "help", "unit"] as const).find((one) => family[one] !== other.family[one]);
    if (key !== undefined) return headConflict(key, family, other.family, where);
    const known = new Set(other.family.samples.map(sampleKey));
    const again = family.samples.find((sample) => known.has(sampleKey(sample)));
    if (again && !result.yields) return `found the series ${family.name}${labelsText(again)} again, ${where}`;
  }
  return undefined;
}

function labelsText({ labels }: Sample): string {
  const parts = Object.entries(labels).map(([name, value]) => `${name}=${quote(value)}`);
  return parts.length > 0 ? `{${parts.join(",")}}` : "";
}
