import type { Family } from "../metric.ts";
import { type Escaping, escapeNames } from "./names.ts";
import { encodeOpenMetrics } from "./openmetrics.ts";
import { legalPage } from "./page.ts";
import { encodeText } from "./text.ts";

/** text is text format 0.0.4, openmetrics is OpenMetrics 1.0.0, table is for terminals. */
export type Format = "text" | "openmetrics" | "json" | "table";

/**
 * Writes a page that is always valid in its format (see `legalPage` for what is left out).
 * json is a list of families, `{name, help, type, unit, samples: [{labels, value}]}`; unit is "" where there is none,
 * parts of a histogram or summary also have a key `suffix`, and values with a timestamp `timestampMs`. JSON has no NaN and no
 * infinite numbers, so such samples are left out.
 * @param escaping how the text formats write names beyond `[a-zA-Z0-9_:]`.
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
