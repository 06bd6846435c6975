import type { Metric } from "prom-client";
import Registry from "prom-client/lib/registry.js";
import type { Family } from "../metric.ts";
import { encodeOpenMetrics, sampleLines } from "./openmetrics.ts";
import { legalPage } from "./page.ts";

/** text is the text format 0.0.4, openmetrics is 1.0.0, table is for people at a terminal. */
export type Format = "text" | "openmetrics" | "json" | "table";

/**
 * Writes a page; whatever the families hold, it is legal in its format (see `legalPage` for what is left out).
 * json is a list of families, `{name, help, type, unit, samples: [{labels, value}]}`; unit is "" where there is none,
 * parts of a histogram or summary have a key `suffix` besides. JSON has no infinite numbers: such samples are left out there.
 * @param ready further families of the page, from `prepare`.
 */
export async function encode(families: readonly Family[], format: Format, ready?: Ready): Promise<string> {
  const page = legalPage(families, ready?.families);
  switch (format) {
    case "text":
      return encodeText(page);
    case "openmetrics":
      return encodeOpenMetrics(page, ready?.lines);
    case "json":
      return encodeJson(page);
    case "table": {
      const { encodeTable } = await import("./table.ts");
      return encodeTable(page);
    }
  }
}

/** Families of a page that come before the others, with what can be done of it by then. */
export type Ready = { readonly families: readonly Family[]; readonly lines: ReadonlyMap<Family, string> };

/** Does the work on some families of a page, in the format that it is likely to have, so that `encode` has less left to do. */
export function prepare(families: readonly Family[], format: Format): Ready {
  const legal = legalPage(families);
  const isWritten = format === "openmetrics";
  return { families: legal, lines: new Map(isWritten ? legal.map((family) => [family, sampleLines(family)]) : []) };
}

/** A registry that lives as long as the page: no sample outlives what it describes. */
function encodeText(page: readonly Family[]): Promise<string> {
  const registry = new Registry();
  for (const [index, family] of page.entries()) {
    // The name under which it is registered isn't written; a number can't clash with names such as "constructor".
    const metric = { name: String(index), get: () => promClientMetric(family) };
    registry.registerMetric(metric as unknown as Metric);
  }
  return registry.metrics();
}

/** One object for all samples: prom-client keeps what it makes of each that it meets. */
const NO_LABELS = Object.freeze({});

function promClientMetric({ name, help, type, samples }: Family) {
  const values = samples.map(({ labels, value, suffix }) => ({
    labels,
    sharedLabels: NO_LABELS,
    value,
    metricName: suffix === undefined ? name : name + suffix,
  }));
  return { name, help, type, values };
}

function encodeJson(page: readonly Family[]): string {
  const list = page.map(({ name, help, type, unit = "", samples }) => ({
    name,
    help,
    type,
    unit,
    samples: samples.filter((sample) => Number.isFinite(sample.value)),
  }));
  return `${JSON.stringify(
    list.filter((family) => family.samples.length > 0),
    null,
    2,
  )}\n`;
}
