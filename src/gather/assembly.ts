import { type Family, family, gauge } from "../metric.ts";
import type { Result } from "./result.ts";

/** Whether all sources of a page succeeded. */
export function upFamily(namespace: string, up: boolean): Family {
  const help = "Whether all memory commands of this scrape succeeded and their output could be parsed.";
  return family(gauge(`${namespace}_up`, help), [[{}, Number(up)]]);
}

/** The families of all results, in the user's namespace. If two sources give the same series, the first one is used. */
export function familiesOf(results: readonly Result[], namespace: string): readonly Family[] {
  const byName = new Map<string, Family>();
  for (const one of results.flatMap(({ families }) => families)) {
    const known = byName.get(one.name);
    byName.set(one.name, known ? { ...known, samples: [...known.samples, ...newSamples(known, one)] } : one);
  }
  return [...byName.values()].map((one) => inNamespace(one, namespace));
}

/** Replaces the prefix `memory` of the metrics of presets by the user's. */
export function inNamespace(one: Family, namespace: string): Family {
  return namespace === "memory" ? one : { ...one, name: one.name.replace(/^memory(?=_)/, namespace) };
}

function newSamples(known: Family, more: Family): Family["samples"] {
  const keys = new Set(known.samples.map((sample) => JSON.stringify(sample.labels)));
  return more.samples.filter((sample) => !keys.has(JSON.stringify(sample.labels)));
}
