import { readdirSync, readFileSync } from "node:fs";
import type { Family } from "../src/metric.ts";

/** A case of test/fixtures/memory, as its README describes it. */
export type MemoryCase = {
  readonly name: string;
  readonly argv: readonly string[];
  readonly family: string;
  readonly stdout: Uint8Array;
  readonly expect?: Readonly<Record<string, unknown>>;
  readonly reject?: string;
};

const FOLDER = new URL("./fixtures/memory/", import.meta.url);

/** All cases, by name. */
export function memoryCases(): MemoryCase[] {
  return readdirSync(FOLDER, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => memoryCase(entry.name));
}

export function memoryCase(name: string): MemoryCase {
  const folder = new URL(`${name}/`, FOLDER);
  const about = JSON.parse(readFileSync(new URL("case.json", folder), "utf8"));
  return { ...about, name, stdout: readFileSync(new URL("stdout", folder)) };
}

/** What came out, one text for each sample: `memory_total_bytes 1024`. */
export function sampleLines(families: readonly Family[]): string[] {
  return families.flatMap((family) =>
    family.samples.map(({ labels, value }) => {
      const pairs = Object.entries(labels).map(([key, label]) => `${key}="${label}"`);
      return `${family.name}${pairs.length > 0 ? `{${pairs.join(",")}}` : ""} ${value}`;
    }),
  );
}
