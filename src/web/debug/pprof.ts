import type { Runtime } from "node:inspector";
import type { FunctionInput, LocationInput } from "pprof-format";
import { compress } from "../../exposition/compress.ts";
import { createPlaces, type Place } from "./places.ts";

/** What is measured, and its unit: `["cpu", "nanoseconds"]`. */
export type Unit = readonly [type: string, unit: string];

/** A stack and its values, one for each unit of the profile. */
export type Sampled = {
  /** Innermost first. */
  readonly stack: readonly Runtime.CallFrame[];
  /** Whole numbers. */
  readonly values: readonly number[];
  /** Time since the start of the profile, for timed profiles. */
  readonly timeNanos?: number;
};

/** A profile in the terms of pprof. */
export type Sampling = {
  readonly units: readonly Unit[];
  readonly samples: readonly Sampled[];
  /** The sampling interval. */
  readonly period: { readonly unit: Unit; readonly value: number };
  /** Since the epoch. */
  readonly beganMs: number;
  readonly durationMs: number;
};

/** Encodes a profile for `go tool pprof`: profile.proto of github.com/google/pprof, gzipped. */
export async function encodeProfile(sampling: Sampling): Promise<Uint8Array> {
  const { Profile, StringTable } = await import("pprof-format");
  const stringTable = new StringTable();
  const text = (string: string) => stringTable.dedup(string);
  const valueType = ([type, unit]: Unit) => ({ type: text(type), unit: text(unit) });
  const timeLabel = (nanos: number) => ({ key: text("time"), num: nanos, numUnit: text("nanoseconds") });
  const code = createCodeTable(await createPlaces(framesOf(sampling)), text);
  const sample = sampling.samples.map(({ stack, values, timeNanos }) => ({
    locationId: stack.map(code.idOf),
    value: [...values],
    label: timeNanos === undefined ? [] : [timeLabel(timeNanos)],
  }));
  const profile = new Profile({
    sampleType: sampling.units.map(valueType),
    sample,
    mapping: [{ id: CODE, filename: text(process.execPath), ...COMPLETE }],
    location: code.locations,
    function: code.functions,
    timeNanos: BigInt(Math.round(sampling.beganMs)) * 1_000_000n,
    durationNanos: Math.round(sampling.durationMs * 1e6),
    periodType: valueType(sampling.period.unit),
    period: sampling.period.value,
    stringTable,
  });
  return compress(profile.encode(), "gzip");
}

/** Id of the only mapping. */
const CODE = 1;
/** Symbols are complete, so that readers don't look them up. */
const COMPLETE = { hasFunctions: true, hasFilenames: true, hasLineNumbers: true };

function* framesOf({ samples }: Sampling): Iterable<Runtime.CallFrame> {
  for (const { stack } of samples) yield* stack;
}

/** The functions of a profile. Each gets one function and one location with the same id. */
function createCodeTable(placeOf: (frame: Runtime.CallFrame) => Place, text: (string: string) => number) {
  const ids = new Map<string, number>();
  const functions: FunctionInput[] = [];
  const locations: LocationInput[] = [];
  const idOf = (frame: Runtime.CallFrame): number => {
    const key = `${frame.scriptId}:${frame.lineNumber}:${frame.columnNumber}:${frame.functionName}`;
    const known = ids.get(key);
    if (known !== undefined) return known;
    const id = ids.size + 1;
    const { name, file, line, column } = placeOf(frame);
    functions.push({ id, name: text(name), systemName: text(name), filename: text(file), startLine: line });
    locations.push({ id, mappingId: CODE, line: [{ functionId: id, line, column }] });
    ids.set(key, id);
    return id;
  };
  return { idOf, functions, locations };
}
