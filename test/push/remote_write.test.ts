import snappy from "snappyjs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Batch } from "../../src/push/batch.ts";
import type { Reply } from "../../src/push/protocol.ts";
import { createRemoteWrite, type Version } from "../../src/push/remote_write.ts";
import { decode, double, fixed, type Message, messages, number, packed, texts } from "./decode.ts";

const BATCH: Batch = {
  atMs: 1_700_000_000_123,
  families: [
    { name: "m_bytes", help: "Of m.", type: "gauge", unit: "bytes", samples: [{ labels: { z: "1" }, value: 2.5 }] },
    {
      name: "c_total",
      help: "Of c.",
      type: "counter",
      samples: [
        { labels: {}, value: 3, startMs: 1_700_000_000_000 },
        { labels: { first: "1" }, value: 3, startMs: 1_700_000_000_123 },
      ],
    },
  ],
  gone: [{ name: "g", help: "", type: "gauge", samples: [{ labels: {}, value: 1 }] }],
};

const open = (version: Version) =>
  createRemoteWrite({ url: new URL("http://host/api/v1/write"), labels: { a: "x" }, version });
const reply = (status: number, written?: number, body = ""): Reply => ({
  status,
  headers: written === undefined ? {} : { "x-prometheus-remote-write-samples-written": String(written) },
  body: Buffer.from(body),
});

async function encoded(version: Version): Promise<{ headers: Readonly<Record<string, string>>; message: Message }> {
  const { headers, body, method } = await open(version).encode(BATCH);
  assert.is(method, "POST");
  return { headers, message: decode(snappy.uncompress(body)) };
}

const STALE = 0x7ff0000000000002n;

test("version 1.0: sorted labels, values, times, and the marker of a series that ended", async () => {
  const { headers, message } = await encoded("1");
  assert.equal(headers, {
    "Content-Encoding": "snappy",
    "Content-Type": "application/x-protobuf",
    "X-Prometheus-Remote-Write-Version": "0.1.0",
  });
  const series = messages(message, 1);
  const labels = series.map((one) =>
    messages(one, 1).map((label) => [...texts(label, 1), ...texts(label, 2)].join("=")),
  );
  assert.equal(labels, [
    ["__name__=m_bytes", "a=x", "z=1"],
    ["__name__=c_total", "a=x"],
    ["__name__=c_total", "a=x", "first=1"],
    ["__name__=g", "a=x"],
  ]);
  const samples = series.flatMap((one) => messages(one, 2));
  assert.equal(
    samples.slice(0, 2).map((sample) => double(sample, 1)),
    [2.5, 3],
  );
  assert.is(fixed(samples[3] ?? new Map(), 1), STALE, "the bits of the marker");
  assert.equal(
    samples.map((sample) => number(sample, 2)),
    Array(4).fill(BATCH.atMs),
  );
});

test("version 2.0: symbols, metadata, and the start of a counter where it is known", async () => {
  const { headers, message } = await encoded("2");
  assert.is(headers["Content-Type"], "application/x-protobuf;proto=io.prometheus.write.v2.Request");
  assert.is(headers["X-Prometheus-Remote-Write-Version"], "2.0.0");
  const symbols = texts(message, 4);
  assert.is(symbols[0], "");
  assert.is(new Set(symbols).size, symbols.length);
  const series = messages(message, 5);
  const word = (index = 0) => symbols[index];
  assert.equal(
    series.map((one) => packed(one, 1).map(word).join(" ")),
    ["__name__ m_bytes a x z 1", "__name__ c_total a x", "__name__ c_total a x first 1", "__name__ g a x"],
  );
  const metadata = series.map((one) => messages(one, 5)[0] ?? new Map());
  assert.equal(
    metadata.map((one) => [number(one, 1), word(number(one, 3)), word(number(one, 4))]),
    [
      [2, "Of m.", "bytes"],
      [1, "Of c.", ""],
      [1, "Of c.", ""],
      [2, "", ""],
    ],
  );
  assert.equal(
    series.map((one) => number(one, 6)),
    [undefined, 1_700_000_000_000, undefined, undefined],
  );
  const samples = series.map((one) => messages(one, 2)[0] ?? new Map());
  assert.equal(
    samples.map((one) => number(one, 3)),
    [undefined, 1_700_000_000_000, undefined, undefined],
  );
  assert.is(fixed(samples[3] ?? new Map(), 1), STALE);
});

test("2xx is stored, 5xx and 429 may be later, others never", () => {
  const kind = (status: number) => open("1").judge(reply(status), 1).kind;
  assert.equal([200, 202, 204].map(kind), Array(3).fill("stored"));
  assert.equal([429, 500, 502, 503, 504].map(kind), Array(5).fill("later"));
  assert.equal([301, 400, 401, 403, 404, 415].map(kind), Array(6).fill("refused"));
  assert.is(kind(413), "smaller");
});

test("a server that doesn't take 2.0 gets 1.0 from then on", async () => {
  for (const answer of [reply(415), reply(204), reply(400, undefined, "snappy: corrupt input")]) {
    const protocol = open("2");
    assert.is(protocol.judge(answer, 4).kind, "again");
    const { headers } = await protocol.encode(BATCH);
    assert.is(headers["X-Prometheus-Remote-Write-Version"], "0.1.0");
    assert.is(protocol.judge(reply(204), 4).kind, "stored");
  }
});

test("a server that knows 2.0 says what it has written, be it a part", () => {
  const { judge } = open("2");
  assert.equal(judge(reply(204, 4), 4), { kind: "stored", dropped: 0, reason: "" });
  assert.equal(judge(reply(204, 3, "one is odd"), 4), {
    kind: "stored",
    dropped: 1,
    reason: "server answered 204: one is odd",
  });
  assert.equal(judge(reply(400, 3, "out of order"), 4), {
    kind: "refused",
    stored: 3,
    reason: "server answered 400: out of order",
  });
});

test.run();
