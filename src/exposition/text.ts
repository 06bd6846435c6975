import { type Family, type MetricType, type Sample, seriesName } from "../metric.ts";
import { metricText, numberText, seriesText } from "./series.ts";

/** Replacements for types that text 0.0.4 doesn't have, as in the Python client library of Prometheus. */
const TYPES: Readonly<Partial<Record<MetricType, string>>> = {
  gaugehistogram: "histogram",
  stateset: "gauge",
  info: "gauge",
};

/** Suffixes that text 0.0.4 doesn't have. These samples become separate gauges after the family. */
const GAUGES = ["_created", "_gcount", "_gsum"] as const;

/**
 * Encodes text 0.0.4. It has no units and exemplars.
 * @param page from `legalPage`.
 */
export function encodeText(page: readonly Family[]): string {
  const blocks: string[] = [];
  for (const family of page) {
    blocks.push(block(family, family.name, TYPES[family.type] ?? family.type, isOwn));
    for (const suffix of GAUGES) {
      if (family.verbatim && !family.lines && family.samples.some((sample) => sample.suffix === suffix)) {
        blocks.push(block(family, seriesName(family, suffix), "gauge", (sample) => sample.suffix === suffix));
      }
    }
  }
  return `${blocks.join("\n\n")}\n`;
}

function isOwn({ suffix }: Sample): boolean {
  return suffix === undefined || !(GAUGES as readonly string[]).includes(suffix);
}

function block(family: Family, name: string, type: string, wanted: (sample: Sample) => boolean): string {
  const shown = metricText(name);
  const head = `# HELP ${shown} ${escapeHelp(family.help)}\n# TYPE ${shown} ${type}`;
  if (family.lines) return `${head}\n${family.lines.text}`;
  const lines = [head];
  for (const sample of family.samples) if (wanted(sample)) lines.push(sampleText(family, sample));
  return lines.join("\n");
}

function sampleText(family: Family, { labels, value, suffix, timestampMs }: Sample): string {
  const text = `${seriesText(seriesName(family, suffix), labels)} ${numberText(value)}`;
  return timestampMs === undefined ? text : `${text} ${timestampMs}`;
}

function escapeHelp(text: string): string {
  return /[\\\n]/.test(text) ? text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n") : text;
}
