import { test } from "uvu";
import * as assert from "uvu/assert";
import { PLAIN_HTTP_CLIENT } from "../../src/config/http_client.ts";
import type { Family } from "../../src/metric.ts";
import { createClient } from "../../src/push/client.ts";
import type { Protocol } from "../../src/push/protocol.ts";
import { createPusher, type Pages, type Pusher } from "../../src/push/pusher.ts";
import { createPushgateway } from "../../src/push/pushgateway.ts";
import { createRecord, type PushRecord } from "../../src/push/record.ts";
import { createRemoteWrite } from "../../src/push/remote_write.ts";
import { type Behaviour, hangs, says, type Taken, withBadServer } from "../bad_servers.ts";
import { keptLog, type Logged } from "../listeners.ts";
import { until } from "../stand_in.ts";

const GAUGE: Family = { name: "memory_x", help: "", type: "gauge", samples: [{ labels: {}, value: 1 }] };

type Scene = {
  readonly pusher: Pusher;
  readonly record: PushRecord;
  readonly taken: Taken;
  readonly lines: readonly Logged[];
};

type Parts = {
  readonly behave: Behaviour;
  readonly protocol: (url: URL) => Protocol;
  readonly gather?: Pages["gather"];
};

const remoteWrite = (url: URL) => createRemoteWrite({ url, labels: {}, version: "1" });
const gateway = (url: URL) =>
  createPushgateway({ url, job: "j", grouping: {}, labels: {}, method: "put", deletes: true });
const gatherOne = async () => ({ up: true, families: [GAUGE] });

function withPusher({ behave, protocol, gather = gatherOne }: Parts, use: (scene: Scene) => Promise<void>) {
  return withBadServer(behave, async (url, taken) => {
    const { log, lines } = keptLog();
    const record = createRecord();
    const pusher = createPusher({
      pages: { gather },
      protocol: protocol(new URL(url)),
      client: createClient({ timeoutMs: 20_000, userAgent: "x", settings: async () => PLAIN_HTTP_CLIENT }),
      maxBytes: 1_000_000,
      maxAgeMs: 3_600_000,
      spool: undefined,
      record,
      freshMs: 100,
      startedMs: 0,
      ownMetrics: true,
      log,
    });
    try {
      await use({ pusher, record, taken, lines });
    } finally {
      await pusher.finish(0, false);
    }
  });
}

const methods = ({ requests }: Taken) => requests.map((request) => request.split(" ", 1)[0]);

test("one push is gathered, sent and recorded; no series ends", () =>
  withPusher({ behave: says("200 OK"), protocol: gateway }, async ({ pusher, record, taken }) => {
    assert.is(await pusher.push(), true);
    assert.is(await pusher.finish(20_000, false), true);
    assert.equal([taken.requests.length, record.attempts], [1, 1]);
    assert.match(taken.requests[0] ?? "", /memory_exporter_push_queue_length/, "the page tells of pushes");
    assert.ok(pusher.families().some(({ name }) => name === "memory_exporter_push_samples_total"));
  }));

test("refused samples aren't stored", () =>
  withPusher({ behave: says("400 No"), protocol: remoteWrite }, async ({ pusher }) => {
    await pusher.push();
    assert.is(await pusher.finish(20_000, false), false);
  }));

test("at the end the series end, in order", () =>
  withPusher({ behave: says("200 OK"), protocol: remoteWrite }, async ({ pusher, record, taken }) => {
    await pusher.push();
    const sent = () => record.samples;
    await until("sent", () => sent() > 0);
    const page = sent();
    assert.is(await pusher.finish(20_000, true), true);
    assert.equal([taken.requests.length, sent()], [2, 2 * page]);
  }));

test("without a push, no series ends", () =>
  withPusher({ behave: says("200 OK"), protocol: remoteWrite }, async ({ pusher, taken }) => {
    await pusher.finish(20_000, true);
    assert.is(taken.requests.length, 0);
  }));

test("the group of a Pushgateway is deleted at the end, where that is wanted", () =>
  withPusher({ behave: says("202 OK"), protocol: gateway }, async ({ pusher, taken }) => {
    await pusher.push();
    await pusher.finish(20_000, true);
    assert.equal(methods(taken), ["PUT", "DELETE"]);
  }));

test("a failed deletion of the group is logged, within the time limit", () =>
  withPusher({ behave: hangs, protocol: gateway }, async ({ pusher, lines, taken }) => {
    await pusher.push();
    await until("sent", () => taken.requests.length === 1);
    await pusher.finish(200, true);
    assert.equal(
      lines.map(([, message]) => message),
      ["The group could not be deleted", "Not everything was pushed"],
    );
  }));

test("pushes repeat, also after failures", () => {
  let gathered = 0;
  const gather = async () => {
    gathered += 1;
    return gatherOne();
  };
  return withPusher({ behave: hangs, protocol: remoteWrite, gather }, async ({ pusher, lines }) => {
    pusher.repeat(20);
    await until("gathered", () => gathered >= 5);
    assert.is(await pusher.finish(0, true), false);
    const after = gathered;
    await new Promise((resolve) => setTimeout(resolve, 100));
    assert.is(gathered, after, "it gathers no more");
    assert.is(lines.at(-1)?.[1], "Not everything was pushed");
  });
});

test("gatherings don't overlap, and none is pushed after the stop", () => {
  const running: { end: () => void }[] = [];
  let [most, ended] = [0, 0];
  const gather = async () => {
    const whole = Promise.withResolvers<void>();
    running.push({ end: whole.resolve });
    most = Math.max(most, running.length);
    await whole.promise;
    running.shift();
    ended += 1;
    return gatherOne();
  };
  return withPusher({ behave: says("200 OK"), protocol: remoteWrite, gather }, async ({ pusher, taken }) => {
    pusher.repeat(1);
    for (let i = 0; i < 3; i += 1) {
      await until("a gathering", () => running.length > 0 && ended === i);
      // Several intervals: no second one begins.
      await new Promise((resolve) => setTimeout(resolve, 10));
      running[0]?.end();
    }
    await until("another one", () => running.length > 0 && ended === 3);
    const finished = pusher.finish(20_000, false);
    running[0]?.end();
    await finished;
    await until("the end of the last one", () => running.length === 0);
    assert.equal([most, ended, taken.requests.length], [1, 4, 3]);
  });
});

test.run();
