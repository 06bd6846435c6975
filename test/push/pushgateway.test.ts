import { test } from "uvu";
import * as assert from "uvu/assert";
import { createPushgateway, type PushgatewayOptions } from "../../src/push/pushgateway.ts";

const open = (options: Partial<PushgatewayOptions> = {}) =>
  createPushgateway({
    url: new URL("http://host:9091"),
    job: "j",
    grouping: {},
    labels: {},
    method: "put",
    deletes: false,
    ...options,
  });
const EMPTY = { atMs: 5, families: [], gone: [] };

test("values of the grouping key are in base64 always, and an empty one is =", async () => {
  const grouping = { instance: "a/b", empty: "", word: "word", ünï: "é?" };
  const { url } = await open({ grouping, url: new URL("https://host/prefix/?a=b") }).encode(EMPTY);
  assert.is(
    url.href,
    "https://host/prefix/metrics/job@base64/ag/instance@base64/YS9i/empty@base64/=/word@base64/d29yZA/%C3%BCn%C3%AF@base64/w6k_?a=b",
  );
});

test("a page is text with no times, and labels are added where there are none of the name", async () => {
  const samples = [
    { labels: { zone: "own" }, value: 1, startMs: 4 },
    { labels: {}, value: 2, timestampMs: 9 },
  ];
  const families = [{ name: "m", help: "H.", type: "gauge" as const, samples }];
  const { method, body, headers } = await open({ labels: { zone: "all" } }).encode({ ...EMPTY, families });
  assert.is(method, "PUT");
  assert.is(headers["Content-Type"], "text/plain; version=0.0.4; charset=utf-8");
  assert.is(new TextDecoder().decode(body), '# HELP m H.\n# TYPE m gauge\nm{zone="all"} 2\nm{zone="own"} 1\n');
});

test("post and delete", async () => {
  const { encode, farewell } = open({ method: "post", deletes: true });
  assert.is((await encode(EMPTY)).method, "POST");
  assert.equal([farewell?.method, farewell?.url.pathname], ["DELETE", "/metrics/job@base64/ag"]);
  assert.is(open().farewell, undefined);
});

test("only 200 and 202 are success", () => {
  const kind = (status: number) => open().judge({ status, headers: {}, body: new Uint8Array() }, 1).kind;
  assert.equal([200, 202].map(kind), ["stored", "stored"]);
  assert.equal([201, 204, 301, 302, 307, 400, 404, 413].map(kind), Array(8).fill("refused"));
  assert.equal([429, 500, 502, 503].map(kind), Array(4).fill("later"));
});

test.run();
