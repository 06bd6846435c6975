import { type Family, family } from "../metric.ts";
import type { Result } from "./result.ts";

/** Whether all sources of a page were read. */
export function upFamily(namespace: string, up: boolean): Family {
  const help = "Whether every memory command of this scrape ran and was understood.";
  return family({ name: `${namespace}_up`, help, type: "gauge" }, [[{}, Number(up)]]);
}

/** The families of all results, in the user's namespace. Where two sources tell the same series, the first one counts. */
export function familiesOf(results: readonly Result[], namespace: string): readonly Family[] {
  const byName = new Map<string, Family>();
  for (const one of results.flatMap(({ families }) => families)) {
    const known = byName.get(one.name);
    byName.set(one.name, known ? { ...known, samples: [...known.samples, ...newSamples(known, one)] } : one);
  }
  return [...byName.values()].map((one) => inNamespace(one, namespace));
}

/** Presets name their metrics `memory_…`; a user's prefix stands in its place. */
export function inNamespace(one: Family, namespace: string): Family {
  return namespace === "memory" ? one : { ...one, name: one.name.replace(/^memory(?=_)/, namespace) };
}

function newSamples(known: Family, more: Family): Family["samples"] {
  const keys = new Set(known.samples.map((sample) => JSON.stringify(sample.labels)));
  return more.samples.filter((sample) => !keys.has(JSON.stringify(sample.labels)));
}
