import { gunzipSync } from "node:zlib";
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { createOtlp } from "../../src/push/otlp.ts";
import { encodeExport } from "../../src/push/otlp_message.ts";

const RESOURCE = { attributes: { "service.name": "j" }, labels: {}, scope: { name: "s", version: "1" } };
const protocol = createOtlp(new URL("http://host/v1/metrics"), RESOURCE);

test("a batch is a message, compressed by gzip", async () => {
  const batch = { atMs: 5, families: [], gone: [] };
  const { method, headers, body } = await protocol.encode(batch);
  assert.is(method, "POST");
  assert.equal(headers, { "Content-Type": "application/x-protobuf", "Content-Encoding": "gzip" });
  assert.equal(new Uint8Array(gunzipSync(body)), encodeExport(batch, RESOURCE));
});

const judge = (status: number, body: Uint8Array = new Uint8Array(), type = "application/x-protobuf") =>
  protocol.judge({ status, headers: { "content-type": type }, body }, 5);

test("only 429, 502, 503 and 504 may be tried again", () => {
  assert.equal(
    [200, 202].map((status) => judge(status).kind),
    ["stored", "stored"],
  );
  assert.equal(
    [429, 502, 503, 504].map((status) => judge(status).kind),
    Array(4).fill("later"),
  );
  assert.equal(
    [301, 400, 404, 415, 500].map((status) => judge(status).kind),
    Array(5).fill("refused"),
  );
});

test("a partial success tells how many points were rejected; nonsense is none", () => {
  const writer = new BinaryWriter().tag(1, WireType.LengthDelimited).fork();
  writer.tag(1, WireType.Varint).int64(2).tag(2, WireType.LengthDelimited).string("too old").join();
  assert.equal(judge(200, writer.finish()), { kind: "stored", dropped: 2, reason: "server rejected points: too old" });
  assert.is(judge(200, Buffer.from("<html>")).kind, "stored");
});

test("the message of a status is shown, and text as it is", () => {
  const status = new BinaryWriter().tag(1, WireType.Varint).int32(3).tag(2, WireType.LengthDelimited).string("no unit");
  assert.is(judge(400, status.finish()).reason, "server answered 400: no unit");
  assert.is(judge(400, Buffer.from("plain"), "text/plain").reason, "server answered 400: plain");
});

test.run();
