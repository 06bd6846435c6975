import * as assert from "uvu/assert";
import { decode } from "../../src/parsers/text.ts";
import type { Preset } from "../../src/presets/preset.ts";
import { wordsOf } from "../../src/source.ts";
import { ParseError } from "../../src/text.ts";
import { isCutInFigure } from "../cuts.ts";
import { type MemoryCase, memoryCases, sampleLines } from "../memory_cases.ts";
import { needs, runTool } from "../tools.ts";

/** Without it the names are held to the table alone, and that is said; with REQUIRE_TOOLS=1 that is a failure. */
const hasPromtool = needs("promtool", "--version");

/** The words of a preset's own command: that of its first attempt, or of another. */
export function ownWords({ attempts }: Preset, attempt = 0): readonly string[] {
  const own = attempts[attempt];
  return own === undefined ? [] : wordsOf(own);
}

/** The samples of an output, as text. */
export function samplesOf(preset: Preset, stdout: string | Uint8Array, words: readonly string[] = []): string[] {
  const bytes = typeof stdout === "string" ? new TextEncoder().encode(stdout) : stdout;
  return sampleLines(preset.read({ stdout: bytes, words }));
}

/** The samples, or undefined where the output is refused. Any error but a ParseError is thrown on. */
export function samplesOrRefusal(preset: Preset, stdout: Uint8Array, words: readonly string[]): string[] | undefined {
  try {
    return samplesOf(preset, stdout, words);
  } catch (error) {
    if (error instanceof ParseError) return undefined;
    throw error;
  }
}

/**
 * Holds that no beginning of an output gives a sample that the whole one doesn't give, unless it ends inside of the last
 * figure of a line.
 * @param wholeToo lengths at which the output is a whole one as well.
 */
export function checkCuts(
  preset: Preset,
  stdout: Uint8Array,
  words: readonly string[],
  wholeToo: readonly number[] = [],
): void {
  const text = decode(stdout);
  const whole = new Set(samplesOf(preset, stdout, words));
  for (let length = 0; length < stdout.length; length += 1) {
    if (wholeToo.includes(length)) continue;
    const kept = decode(stdout.subarray(0, length));
    if (isCutInFigure(kept, text.slice(kept.length))) continue;
    const samples = samplesOrRefusal(preset, stdout.subarray(0, length), words) ?? [];
    for (const sample of samples) assert.ok(whole.has(sample), `cut at ${length} of ${stdout.length}: ${sample}`);
  }
}

/** Holds that a change of any one byte is read or refused, but breaks nothing. */
export function checkChanges(preset: Preset, stdout: Uint8Array, words: readonly string[]): void {
  for (let at = 0; at < stdout.length; at += 1) {
    for (const change of " x9.-\n\0") {
      const changed = stdout.slice();
      changed[at] = change.charCodeAt(0);
      samplesOrRefusal(preset, changed, words);
    }
  }
}

/** Holds that every figure that a case expects is the value of a sample; of a percentage, its ratio. */
export function checkExpected(preset: Preset, { name, stdout, argv, expect = {} }: MemoryCase): void {
  const values = new Set(
    samplesOf(preset, stdout, argv).map((sample) => Number(sample.slice(sample.lastIndexOf(" ")))),
  );
  const records: unknown[] = Object.values(expect).flat();
  const figures = records.flatMap((record) => (typeof record === "object" && record ? Object.entries(record) : []));
  for (const [key, figure] of figures) {
    const wanted = key.endsWith("percentage") ? figure / 100 : figure;
    if (typeof wanted === "number") assert.ok(values.has(wanted), `${name}: ${key} ${wanted}`);
  }
}

/** Holds that every output of test/fixtures/memory of another family, and every bad one, is refused. */
export function checkForeign(preset: Preset, isOwn: (one: MemoryCase) => boolean): void {
  for (const one of memoryCases().filter((each) => !isOwn(each))) {
    assert.is(samplesOrRefusal(preset, one.stdout, []), undefined, one.name);
    assert.is(samplesOrRefusal(preset, one.stdout, one.argv), undefined, one.name);
  }
}

/** Holds that an output gives only metrics of the preset's table, and that `promtool` finds nothing wrong with their names. */
export function checkMetrics(preset: Preset, stdout: Uint8Array | string, words: readonly string[] = []): void {
  const heads = new Map(preset.metrics.map(({ from, ...head }) => [head.name, head]));
  assert.is(heads.size, preset.metrics.length, "each name once");
  const bytes = typeof stdout === "string" ? new TextEncoder().encode(stdout) : stdout;
  const page: string[] = [];
  for (const { samples, ...head } of preset.read({ stdout: bytes, words })) {
    assert.equal(head, heads.get(head.name));
    assert.ok(head.unit === undefined || head.name.replace(/_total$/, "").endsWith(`_${head.unit}`), head.name);
    page.push(`# HELP ${head.name} ${head.help}`, `# TYPE ${head.name} ${head.type}`);
    page.push(...sampleLines([{ ...head, samples }]));
  }
  if (!hasPromtool) return;
  const said = runTool("promtool", ["check", "metrics"], `${page.join("\n")}\n`);
  assert.equal(said, { status: 0, stdout: "", stderr: "" });
}
