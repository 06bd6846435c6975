import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import snappy from "snappyjs";
import type { Labels, MetricType } from "../metric.ts";
import { type Protocol, pathHint, type Reply, replyText, retryAfterMs, STORED, type Verdict } from "./protocol.ts";
import { type Series, seriesOf } from "./series.ts";

/** The versions of remote write: https://prometheus.io/docs/specs/prw/remote_write_spec/ and …/remote_write_spec_2_0/ */
export type Version = "1" | "2";

export type RemoteWriteOptions = {
  readonly url: URL;
  /** Labels to add to series that don't have them. */
  readonly labels: Labels;
  readonly version: Version;
};

const HEADERS = {
  "1": { "Content-Type": "application/x-protobuf", "X-Prometheus-Remote-Write-Version": "0.1.0" },
  "2": {
    "Content-Type": "application/x-protobuf;proto=io.prometheus.write.v2.Request",
    "X-Prometheus-Remote-Write-Version": "2.0.0",
  },
} as const;

/** Maximum number of samples in a request, the default of Prometheus (`max_samples_per_send`). */
const MAX_SAMPLES = 2000;

/** The protocol of remote write. If a server doesn't support version 2.0, 1.0 is used from then on. */
export function createRemoteWrite({ url, labels, version: wanted }: RemoteWriteOptions): Protocol {
  let version = wanted;

  function fallBack(why: string): Verdict {
    version = "1";
    return { kind: "again", reason: `${why}: remote write 1.0 is used` };
  }

  return {
    keepsTime: true,
    maxSamples: MAX_SAMPLES,
    encode(batch) {
      const series = seriesOf(batch, labels);
      const message = version === "1" ? encodeRequest1(series) : encodeRequest2(series);
      const headers = { "Content-Encoding": "snappy", ...HEADERS[version] };
      return { method: "POST", url, headers, body: snappy.compress(message) };
    },
    judge(reply, samples) {
      const isStored = reply.status >= 200 && reply.status < 300;
      if (version === "2" && isUnknown(reply)) return fallBack(replyText(reply));
      // A server that only supports 1.0 reads the body as an empty request.
      if (version === "2" && isStored && writtenSamples(reply) === undefined) {
        return fallBack(
          "the server doesn't report the number of written samples, so it may not support remote write 2.0",
        );
      }
      if (isStored) return version === "1" ? STORED : storedOf(reply, samples);
      const reason = replyText(reply) + pathHint(reply, url, "/api/v1/write");
      if (reply.status >= 500 || reply.status === 429) {
        return { kind: "later", reason, afterMs: retryAfterMs(reply, Date.now()) };
      }
      if (reply.status === 413) return { kind: "smaller", reason };
      return { kind: "refused", reason, stored: Math.min(writtenSamples(reply) ?? 0, samples) };
    },
  };
}

/** Whether a server doesn't support version 2.0. One that does reports in a 400 what it has written. */
function isUnknown(reply: Reply): boolean {
  return reply.status === 415 || (reply.status === 400 && writtenSamples(reply) === undefined);
}

function storedOf(reply: Reply, samples: number): Verdict {
  const dropped = Math.max(0, samples - (writtenSamples(reply) ?? samples));
  return dropped === 0 ? STORED : { kind: "stored", dropped, reason: replyText(reply) };
}

/** The number of written samples that a server reports with version 2.0. */
function writtenSamples({ headers }: Reply): number | undefined {
  const text = headers["x-prometheus-remote-write-samples-written"];
  return typeof text === "string" && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

/** The message prometheus.WriteRequest. */
function encodeRequest1(series: readonly Series[]): Uint8Array {
  const writer = new BinaryWriter();
  for (const { labels, value, atMs } of series) {
    writer.tag(1, WireType.LengthDelimited).fork();
    for (const [name, text] of labels) {
      writer.tag(1, WireType.LengthDelimited).fork();
      writer.tag(1, WireType.LengthDelimited).string(name);
      writer.tag(2, WireType.LengthDelimited).string(text).join();
    }
    writer.tag(2, WireType.LengthDelimited).fork();
    writeSample(writer, value, atMs).join().join();
  }
  return writer.finish();
}

/** The staleness marker: a NaN with these bits, which a number might lose. */
function staleBits(): Uint8Array {
  const bits = new Uint8Array(8);
  new DataView(bits.buffer).setBigUint64(0, 0x7ff0000000000002n, true);
  return bits;
}

function writeSample(writer: BinaryWriter, value: number | undefined, atMs: number): BinaryWriter {
  writer.tag(1, WireType.Bit64);
  if (value === undefined) writer.raw(staleBits());
  else writer.double(value);
  return writer.tag(2, WireType.Varint).int64(atMs);
}

const TYPES: Readonly<Record<MetricType, number>> = {
  untyped: 0,
  counter: 1,
  gauge: 2,
  histogram: 3,
  gaugehistogram: 4,
  summary: 5,
  info: 6,
  stateset: 7,
};

/** The message io.prometheus.write.v2.Request. */
function encodeRequest2(series: readonly Series[]): Uint8Array {
  const symbols = new Map([["", 0]]);
  const symbol = (text: string) => {
    const known = symbols.get(text);
    if (known !== undefined) return known;
    symbols.set(text, symbols.size);
    return symbols.size - 1;
  };
  const body = new BinaryWriter();
  for (const one of series) writeSeries2(body, one, symbol);
  const writer = new BinaryWriter();
  for (const text of symbols.keys()) writer.tag(4, WireType.LengthDelimited).string(text);
  return writer.raw(body.finish()).finish();
}

function writeSeries2(writer: BinaryWriter, series: Series, symbol: (text: string) => number): void {
  const { labels, value, atMs, startMs, type, help, unit } = series;
  writer.tag(5, WireType.LengthDelimited).fork();
  writer.tag(1, WireType.LengthDelimited).fork();
  for (const [name, text] of labels) writer.uint32(symbol(name)).uint32(symbol(text));
  writer.join();
  // If the start is that of the first sample, it isn't a real start.
  const start = startMs !== undefined && startMs < atMs ? startMs : undefined;
  writer.tag(2, WireType.LengthDelimited).fork();
  writeSample(writer, value, atMs);
  if (start !== undefined) writer.tag(3, WireType.Varint).int64(start);
  writer.join();
  writer.tag(5, WireType.LengthDelimited).fork();
  writer.tag(1, WireType.Varint).int32(TYPES[type]);
  writer.tag(3, WireType.Varint).uint32(symbol(help));
  writer.tag(4, WireType.Varint).uint32(symbol(unit)).join();
  // Prometheus up to 3.7 reads the start here.
  if (start !== undefined) writer.tag(6, WireType.Varint).int64(start);
  writer.join();
}
