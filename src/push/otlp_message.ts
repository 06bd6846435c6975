import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { type Labels, seriesName } from "../metric.ts";
import type { Batch, PushedFamily, PushedSample } from "./batch.ts";

/** The messages of opentelemetry-proto 1.5 that carry metrics. */

/** Attributes and scope of all pushed metrics. */
export type OtlpResource = {
  /** Attributes of the resource, such as `service.name`. */
  readonly attributes: Labels;
  /** Attributes to add to points that don't have them. */
  readonly labels: Labels;
  readonly scope: { readonly name: string; readonly version: string };
};

/** The message ExportMetricsServiceRequest. */
export function encodeExport(batch: Batch, { attributes, labels, scope }: OtlpResource): Uint8Array {
  const writer = new BinaryWriter();
  writer.tag(1, WireType.LengthDelimited).fork();
  writer.tag(1, WireType.LengthDelimited).fork();
  writeAttributes(writer, 1, attributes);
  writer.join();
  writer.tag(2, WireType.LengthDelimited).fork();
  writer.tag(1, WireType.LengthDelimited).fork();
  writer.tag(1, WireType.LengthDelimited).string(scope.name);
  writer.tag(2, WireType.LengthDelimited).string(scope.version).join();
  const point: Point = { atMs: batch.atMs, labels, ended: false };
  for (const family of batch.families.flatMap(inOtlp)) writeMetric(writer, family, point);
  for (const family of batch.gone.flatMap(inOtlp)) writeMetric(writer, family, { ...point, ended: true });
  return writer.join().join().finish();
}

/** Settings for all points of a part of the batch. */
type Point = { readonly atMs: number; readonly labels: Labels; readonly ended: boolean };

/** OTLP has no gauge histogram, so its parts become gauges. Samples of `_created` are left out. */
function inOtlp(family: PushedFamily): readonly PushedFamily[] {
  if (family.type !== "gaugehistogram") {
    return [{ ...family, samples: family.samples.filter(({ suffix }) => suffix !== "_created") }];
  }
  const parts = Map.groupBy(family.samples, ({ suffix }) => seriesName(family, suffix));
  return [...parts].map(([name, samples]) => ({ ...family, name, type: "gauge", samples }));
}

const UNITS: Readonly<Record<string, string>> = { bytes: "By", seconds: "s" };
/** AGGREGATION_TEMPORALITY_CUMULATIVE */
const CUMULATIVE = 2;
/** DATA_POINT_FLAGS_NO_RECORDED_VALUE_MASK: the equivalent of a staleness marker. */
const NO_VALUE = 1;

function writeMetric(writer: BinaryWriter, family: PushedFamily, point: Point): void {
  const { name, help, unit, type } = family;
  writer.tag(2, WireType.LengthDelimited).fork();
  writer.tag(1, WireType.LengthDelimited).string(name);
  writer.tag(2, WireType.LengthDelimited).string(help);
  const written = unit === undefined ? undefined : UNITS[unit];
  if (written !== undefined) writer.tag(3, WireType.LengthDelimited).string(written);
  if (type === "histogram") writeHistogram(writer, family, point);
  else if (type === "summary") writeSummary(writer, family, point);
  else writeNumbers(writer, family, point);
  writer.join();
}

function writeNumbers(writer: BinaryWriter, { type, samples }: PushedFamily, point: Point): void {
  const isSum = type === "counter";
  writer.tag(isSum ? 7 : 5, WireType.LengthDelimited).fork();
  for (const sample of samples) {
    writer.tag(1, WireType.LengthDelimited).fork();
    writeTimes(writer, sample, point);
    if (!point.ended) writer.tag(4, WireType.Bit64).double(sample.value);
    writeAttributes(writer, 7, { ...point.labels, ...sample.labels });
    writeFlags(writer, 8, point).join();
  }
  if (isSum) writer.tag(2, WireType.Varint).int32(CUMULATIVE).tag(3, WireType.Varint).bool(true);
  writer.join();
}

function writeHistogram(writer: BinaryWriter, { samples }: PushedFamily, point: Point): void {
  writer.tag(9, WireType.LengthDelimited).fork();
  for (const parts of groupsOf(samples, "le")) {
    const { count, sum, bounds } = parts;
    writer.tag(1, WireType.LengthDelimited).fork();
    writeTimes(writer, parts, point);
    const finite = bounds.filter(([bound]) => bound !== Number.POSITIVE_INFINITY);
    writer.tag(4, WireType.Bit64).fixed64(whole(count));
    if (sum !== undefined) writer.tag(5, WireType.Bit64).double(sum);
    writer.tag(6, WireType.LengthDelimited).fork();
    // Buckets are not cumulative in OTLP, and the last one has no bound.
    const totals = [...finite.map(([, value]) => value), count];
    for (const [index, total] of totals.entries()) writer.fixed64(whole(total - (totals[index - 1] ?? 0)));
    writer.join().tag(7, WireType.LengthDelimited).fork();
    for (const [bound] of finite) writer.double(bound);
    writer.join();
    writeAttributes(writer, 9, { ...point.labels, ...parts.labels });
    writeFlags(writer, 10, point).join();
  }
  writer.tag(2, WireType.Varint).int32(CUMULATIVE).join();
}

function writeSummary(writer: BinaryWriter, { samples }: PushedFamily, point: Point): void {
  writer.tag(11, WireType.LengthDelimited).fork();
  for (const parts of groupsOf(samples, "quantile")) {
    writer.tag(1, WireType.LengthDelimited).fork();
    writeTimes(writer, parts, point);
    writer.tag(4, WireType.Bit64).fixed64(whole(parts.count));
    writer.tag(5, WireType.Bit64).double(parts.sum ?? 0);
    for (const [quantile, value] of parts.bounds) {
      writer.tag(6, WireType.LengthDelimited).fork();
      writer.tag(1, WireType.Bit64).double(quantile).tag(2, WireType.Bit64).double(value).join();
    }
    writeAttributes(writer, 7, { ...point.labels, ...parts.labels });
    writeFlags(writer, 8, point).join();
  }
  writer.join();
}

type Times = Pick<PushedSample, "startMs" | "timestampMs">;

/** The samples of one histogram or summary. */
type Parts = {
  readonly labels: Labels;
  readonly bounds: readonly (readonly [bound: number, value: number])[];
  readonly count: number;
  readonly sum: number | undefined;
} & Times;

function groupsOf(samples: readonly PushedSample[], boundName: "le" | "quantile"): readonly Parts[] {
  const groups = Map.groupBy(samples, ({ labels: { [boundName]: _, ...rest } }) => JSON.stringify(rest));
  return [...groups.values()].map((parts) => {
    const bounds = parts
      .filter(({ labels }) => labels[boundName] !== undefined)
      .map(({ labels, value }) => [numberOf(labels[boundName] ?? ""), value] as const);
    const [last] = parts.slice(-1);
    const { [boundName]: _, ...labels } = last?.labels ?? {};
    const counted = parts.find(({ suffix }) => suffix === "_count");
    const infinite = bounds.find(([bound]) => bound === Number.POSITIVE_INFINITY);
    const count = counted?.value ?? infinite?.[1] ?? 0;
    const sum = parts.find(({ suffix }) => suffix === "_sum")?.value;
    const { startMs, timestampMs } = counted ?? last ?? {};
    return {
      labels,
      bounds,
      count,
      sum,
      ...(startMs !== undefined && { startMs }),
      ...(timestampMs !== undefined && { timestampMs }),
    };
  });
}

const numberOf = (bound: string) => (/^\+?Inf$/.test(bound) ? Number.POSITIVE_INFINITY : Number(bound));

/** A count as a 64-bit number. */
const whole = (count: number) => BigInt(Math.round(Math.min(Math.max(count || 0, 0), 2 ** 63)));

/** A time as the 64 bits hold it, in the year 2262 at the latest. */
const nanoseconds = (ms: number) => whole(Math.min(ms, 9_223_372_036_854)) * 1_000_000n;

function writeTimes(writer: BinaryWriter, { startMs, timestampMs }: Times, { atMs }: Point): void {
  if (startMs !== undefined) writer.tag(2, WireType.Bit64).fixed64(nanoseconds(startMs));
  writer.tag(3, WireType.Bit64).fixed64(nanoseconds(timestampMs ?? atMs));
}

function writeFlags(writer: BinaryWriter, field: number, { ended }: Point): BinaryWriter {
  return ended ? writer.tag(field, WireType.Varint).uint32(NO_VALUE) : writer;
}

/** Writes attributes as KeyValue with string values. */
function writeAttributes(writer: BinaryWriter, field: number, attributes: Labels): void {
  for (const [key, value] of Object.entries(attributes)) {
    writer.tag(field, WireType.LengthDelimited).fork();
    writer.tag(1, WireType.LengthDelimited).string(key).tag(2, WireType.LengthDelimited).fork();
    writer.tag(1, WireType.LengthDelimited).string(value).join().join();
  }
}
