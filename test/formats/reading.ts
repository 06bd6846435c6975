import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Format, MetricMapping } from "../../src/formats/format.ts";
import { formatReader } from "../../src/formats/reader.ts";
import type { Family } from "../../src/metric.ts";
import type { Output, Read } from "../../src/source.ts";
import { ParseError } from "../../src/text.ts";

/** A mapping whose field and labels are what a test is about. */
export function metric(value: MetricMapping["value"], more: Partial<MetricMapping> = {}): MetricMapping {
  return { name: "m", help: "Help.", value, ...more };
}

/** The reader of a format. @throws Error with what is wrong with its description. */
export async function readerOf(format: Format, ...metrics: readonly MetricMapping[]): Promise<Read> {
  const ready = await formatReader(format, metrics);
  if (ready.kind === "ok") return ready.value.read;
  throw new Error(ready.problems.map(({ path, message }) => `${path.join(".")}: ${message}`).join("\n"));
}

/** Families as lines: `m{a="b"} 1`. */
export function linesOf(families: readonly Family[]): string[] {
  return families.flatMap(({ name, samples }) =>
    samples.map(({ labels, value, timestampMs }) => {
      const pairs = Object.entries(labels).map(([label, text]) => `${label}=${JSON.stringify(text)}`);
      const time = timestampMs === undefined ? "" : ` ${timestampMs}`;
      return `${name}${pairs.length > 0 ? `{${pairs.join(",")}}` : ""} ${value}${time}`;
    }),
  );
}

/** What a text gives: lines, or the message of what is wrong with it. */
export function outcome(read: Read, text: string | Uint8Array, more: Partial<Output> = {}): string[] | string {
  const stdout = typeof text === "string" ? new TextEncoder().encode(text) : text;
  try {
    return linesOf(read({ stdout, words: [], ...more }));
  } catch (error) {
    if (error instanceof ParseError) return error.message;
    throw error;
  }
}

/** What a format makes of a text: lines of samples, or the message of what is wrong. */
export type Case = readonly [
  name: string,
  format: Format,
  mapping: MetricMapping,
  text: string,
  wanted: readonly string[] | string,
];

/** One test for each case. */
export function testCases(cases: readonly Case[]): void {
  for (const [name, format, mapping, text, wanted] of cases) {
    test(name, async () => assert.equal(outcome(await readerOf(format, mapping), text), wanted));
  }
}
