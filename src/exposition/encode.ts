import type { Family } from "../metric.ts";
import { type Escaping, escapeNames } from "./names.ts";
import { encodeOpenMetrics } from "./openmetrics.ts";
import { legalPage } from "./page.ts";
import { encodeText } from "./text.ts";

/** text is text format 0.0.4, openmetrics is OpenMetrics 1.0.0, table is for terminals. */
export type Format = "text" | "openmetrics" | "json" | "table";

/**
 * Encodes a page. The result is always valid in its format; see `legalPage` for what is left out.
 * json is a list of families: `{name, help, type, unit, samples: [{labels, value}]}`. unit is "" if there is none. Parts of a
 * histogram or summary also have a key `suffix`, values with a timestamp a key `timestampMs`. Samples that are NaN or infinite are
 * left out, since JSON doesn't have these values.
 * @param escaping how the text formats escape characters of names other than `[a-zA-Z0-9_:]`.
 */
export async function encode(
  families: readonly Family[],
  format: Format,
  escaping: Escaping = "underscores",
): Promise<string> {
  const isForPrometheus = format === "text" || format === "openmetrics";
  const page = legalPage(isForPrometheus ? escapeNames(families, escaping) : families);
  switch (format) {
    case "text":
      return encodeText(page);
    case "openmetrics":
      return encodeOpenMetrics(page);
    case "json":
      return encodeJson(page);
    case "table": {
      const { encodeTable } = await import("./table.ts");
      return encodeTable(page);
    }
  }
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
