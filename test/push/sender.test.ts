import snappy from "snappyjs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { PLAIN_HTTP_CLIENT } from "../../src/config/http_client.ts";
import { pack } from "../../src/push/batch.ts";
import { createClient } from "../../src/push/client.ts";
import { createQueue, type Queue } from "../../src/push/queue.ts";
import { createRecord, drop, droppedSamples, type PushRecord } from "../../src/push/record.ts";
import { createRemoteWrite } from "../../src/push/remote_write.ts";
import { backoffMs, type Sender, startSender } from "../../src/push/sender.ts";
import { type Behaviour, closes, hangs, says, saysInTurn, type Taken, withBadServer } from "../bad_servers.ts";
import { keptLog, type Logged } from "../listeners.ts";
import { until } from "../stand_in.ts";
import { decode, messages } from "./decode.ts";

/** How many samples a request of remote write has. */
function samplesOf(request: string): number {
  const body = Buffer.from(request.slice(request.indexOf("\r\n\r\n") + 4), "latin1");
  return messages(decode(snappy.uncompress(body)), 1).length;
}

type Scene = {
  readonly queue: Queue;
  readonly record: PushRecord;
  readonly lines: readonly Logged[];
  readonly taken: Taken;
  readonly sender: Sender;
  /** Queues a batch of two samples, or of so many. */
  readonly add: (samples?: number) => void;
};

const familyOf = (samples: number) => ({
  name: "m",
  help: "",
  type: "gauge" as const,
  samples: Array.from({ length: samples }, (_, value) => ({ labels: { n: `${value}` }, value })),
});

/** A sender to a server that behaves so, on real connections. */
function withSender(behave: Behaviour, use: (scene: Scene) => Promise<void>): Promise<void> {
  return withBadServer(behave, async (url, taken) => {
    const { log, lines } = keptLog();
    const record = createRecord();
    const lost = ({ samples }: { samples: number }, why: "age" | "size" | "newer") => drop(record, why, samples);
    const queue = createQueue({ maxBytes: 1e6, maxAgeMs: 3_600_000, maxEntries: 1e6, lost, now: Date.now });
    const client = createClient({ timeoutMs: 20_000, userAgent: "x", settings: async () => PLAIN_HTTP_CLIENT });
    const protocol = createRemoteWrite({ url: new URL(url), labels: {}, version: "1" });
    const sender = startSender({ protocol, send: client.send, queue, record, log });
    const add = (samples = 2) => {
      const atMs = Date.now();
      queue.add({ atMs, samples, bytes: pack({ atMs, families: [familyOf(samples)], gone: [] }) });
    };
    try {
      await use({ queue, record, lines, taken, sender, add });
    } finally {
      await sender.finish(0);
      client.close();
    }
  });
}

test("waits grow to 5 s and a half", () => {
  assert.equal(
    [1, 2, 3, 8, 9, 1e6].map((failures) => backoffMs(failures, 0)),
    [30, 60, 120, 3840, 5000, 5000],
  );
  assert.is(backoffMs(1, 1), 45);
});

test("queued batches are sent, and stored samples counted", () =>
  withSender(says("204 No Content"), async ({ add, record, sender, queue, lines }) => {
    add();
    add();
    await sender.finish(20_000);
    assert.equal([record.attempts, record.failures, record.samples, queue.length()], [2, 0, 4, 0]);
    assert.ok(Date.now() / 1000 - (record.lastSuccessSeconds ?? 0) < 60);
    assert.equal(lines, []);
  }));

test("failed batches are retried in order, and logged once", () =>
  withSender(saysInTurn(closes, says("500 No"), says("500 No"), says("503 No"), says("200 OK")), async (scene) => {
    const { add, record, sender, lines } = scene;
    add();
    add();
    await sender.finish(20_000);
    assert.equal([record.attempts, record.failures, record.samples, droppedSamples(record)], [6, 4, 4, 0]);
    assert.equal(
      lines.map(([level, message]) => `${level} ${message}`),
      [
        "warn Push failed, trying again",
        "warn Push failed, trying again",
        "warn Push failed, trying again",
        "info Push works again",
      ],
    );
    assert.is(lines[1]?.[2].reason, "server answered 500");
  }));

test("refused batches are dropped and counted, and the next is sent", () =>
  withSender(saysInTurn(says("400 Bad Request", [], "out of order"), says("200 OK")), async (scene) => {
    const { add, record, sender, lines } = scene;
    add();
    add();
    await sender.finish(20_000);
    assert.equal([record.attempts, record.failures, record.samples, record.dropped.get("refused")], [2, 1, 2, 2]);
    assert.equal(lines[0], [
      "error",
      "Push refused, samples dropped",
      { reason: "server answered 400: out of order", samples: 2 },
    ]);
    assert.equal(lines[1], ["info", "Push works again", { dropped_samples: 2 }]);
  }));

for (const after of ["3600", new Date(Date.now() + 3_600_000).toUTCString()]) {
  test(`nothing is sent before Retry-After is over, unless the exporter ends (${after})`, () =>
    withSender(saysInTurn(says("429 Slow", [`Retry-After: ${after}`]), says("200 OK")), async (scene) => {
      const { add, record, sender, taken, queue } = scene;
      add();
      await until("answered", () => record.failures === 1);
      add();
      // A backoff would be over, and the batch that came in between doesn't end the wait.
      await new Promise((resolve) => setTimeout(resolve, 200));
      assert.equal([taken.requests.length, queue.length()], [1, 2]);
      await sender.finish(20_000);
      assert.equal([taken.requests.length, record.samples], [3, 4]);
    }));
}

test("more than 2000 samples are sent in several requests, and what was sent isn't sent again", () =>
  withSender(
    saysInTurn(says("200 OK"), says("500 No"), says("200 OK")),
    async ({ add, record, sender, taken, queue }) => {
      add(4500);
      await sender.finish(20_000);
      assert.equal(taken.requests.map(samplesOf), [2000, 2000, 2000, 500]);
      assert.equal([record.samples, record.failures, queue.length()], [4500, 1, 0]);
    },
  ));

test("what is too large for the server is sent in halves, and few samples that still are too large are dropped", async () => {
  const upTo =
    (most: number): Behaviour =>
    (socket, taken) =>
      says(samplesOf(taken.requests.at(-1) ?? "") > most ? "413 Large" : "200 OK")(socket, taken);
  const send = (most: number, sent: readonly number[], stored: number) =>
    withSender(upTo(most), async ({ add, record, sender, taken, lines }) => {
      add(100);
      add(1);
      await sender.finish(20_000);
      assert.equal(taken.requests.map(samplesOf), sent);
      assert.equal([record.samples, record.dropped.get("refused")], [stored, 101 - stored]);
      const said = { reason: "server answered 413", samples: 100 };
      assert.equal(lines[0], ["warn", "Push request was too large, trying with half of it", said]);
      if (stored === 0) assert.equal(lines[1]?.slice(0, 2), ["error", "Push refused, samples dropped"]);
    });
  await send(40, [100, 50, 25, 25, 25, 25, 1], 101);
  await send(0, [100, 50, 25, 25, 25, 25, 1], 0);
});

test("a batch that can't be read is dropped, and the next is sent", () =>
  withSender(says("200 OK"), async ({ queue, add, sender, record, taken, lines }) => {
    queue.add({ atMs: Date.now(), samples: 5, bytes: new Uint8Array([9, 9, 9]) });
    add();
    await sender.finish(20_000);
    assert.equal([taken.requests.length, record.samples, record.dropped.get("refused")], [1, 2, 5]);
    assert.match(String(lines[0]?.[2].reason), /^the batch can't be read: /);
  }));

test("finish() keeps its time limit, and the rest stays in the queue", () =>
  withSender(hangs, async ({ add, sender, queue, taken, lines, record }) => {
    add();
    add();
    await until("sent", () => taken.requests.length === 1);
    await sender.finish(50);
    assert.equal([queue.length(), record.samples, taken.requests.length], [2, 0, 1]);
    assert.equal(lines, []);
  }));

test.run();
