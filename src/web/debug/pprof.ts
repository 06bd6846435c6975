import type { Runtime } from "node:inspector";
import { compress } from "../../exposition/compress.ts";
import type { Place } from "./places.ts";

/** What is counted, and in what: `["cpu", "nanoseconds"]`. */
export type Unit = readonly [type: string, unit: string];

/** A place in the code and what was found there, in each unit of its profile. */
export type Sampled = {
  /** Innermost first. */
  readonly stack: readonly Runtime.CallFrame[];
  /** Whole numbers. */
  readonly values: readonly number[];
  /** When it was, since the profile began; where that matters. */
  readonly timeNanos?: number;
};

/** A profile as V8 gives it, in the terms of pprof. */
export type Sampling = {
  readonly units: readonly Unit[];
  readonly samples: readonly Sampled[];
  /** What lies between two samples. */
  readonly period: { readonly unit: Unit; readonly value: number };
  /** Since the epoch. */
  readonly beganMs: number;
  readonly durationMs: number;
};

/**
 * The file that `go tool pprof` reads: profile.proto of github.com/google/pprof, compressed by gzip.
 * @param placeOf where a frame stands in the sources.
 */
export async function encodeProfile(
  sampling: Sampling,
  placeOf: (frame: Runtime.CallFrame) => Place,
): Promise<Uint8Array> {
  const {
    Function: CodeFunction,
    Label,
    Line,
    Location,
    Mapping,
    Profile,
    Sample,
    StringTable,
    ValueType,
  } = await import("pprof-format");
  const stringTable = new StringTable();
  const text = (string: string) => stringTable.dedup(string);
  const valueType = ([type, unit]: Unit) => new ValueType({ type: text(type), unit: text(unit) });
  const locations = new Map<string, InstanceType<typeof Location>>();
  const functions: InstanceType<typeof CodeFunction>[] = [];

  function locationOf(frame: Runtime.CallFrame) {
    const key = `${frame.scriptId}:${frame.lineNumber}:${frame.columnNumber}:${frame.functionName}`;
    const known = locations.get(key);
    if (known) return known;
    const { name, file, line, column } = placeOf(frame);
    const id = locations.size + 1;
    functions.push(
      new CodeFunction({
        id,
        name: text(name),
        systemName: text(frame.functionName),
        filename: text(file),
        startLine: line,
      }),
    );
    const location = new Location({ id, mappingId: 1, line: [new Line({ functionId: id, line, column })] });
    locations.set(key, location);
    return location;
  }

  const samples = sampling.samples.map(({ stack, values, timeNanos }) => {
    const label =
      timeNanos === undefined ? [] : [new Label({ key: text("time"), num: timeNanos, numUnit: text("nanoseconds") })];
    return new Sample({ locationId: stack.map((frame) => locationOf(frame).id), value: [...values], label });
  });
  const profile = new Profile({
    sampleType: sampling.units.map(valueType),
    sample: samples,
    mapping: [
      new Mapping({
        id: 1,
        filename: text(process.execPath),
        hasFunctions: true,
        hasFilenames: true,
        hasLineNumbers: true,
      }),
    ],
    location: [...locations.values()],
    function: functions,
    timeNanos: BigInt(Math.round(sampling.beganMs)) * 1_000_000n,
    durationNanos: Math.round(sampling.durationMs * 1e6),
    periodType: valueType(sampling.period.unit),
    period: sampling.period.value,
    stringTable,
  });
  return compress(profile.encode(), "gzip");
}
