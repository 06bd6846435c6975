import { randomBytes } from "node:crypto";
import * as zlib from "node:zlib";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { compress, offeredEncodings } from "../../src/exposition/compress.ts";
import { testWhere } from "../tools.ts";

const PAGE = "# HELP memory_total_bytes Wieviel Gedächtnis 内存\nmemory_total_bytes 16777216000\n".repeat(500);

test("identity gives the bytes of the text", async () => {
  assert.equal(Buffer.from(await compress(PAGE, "identity")), Buffer.from(PAGE));
});

test("gzip comes back as it was, smaller", async () => {
  const compressed = await compress(PAGE, "gzip");
  assert.is(zlib.gunzipSync(compressed).toString(), PAGE);
  assert.ok(compressed.length < PAGE.length / 10);
});

test("bytes, none and many that can't be made smaller", async () => {
  for (const body of [new Uint8Array(0), new Uint8Array(randomBytes(3 * 1024 * 1024))]) {
    assert.ok(Buffer.from(body).equals(zlib.gunzipSync(await compress(body, "gzip"))));
  }
});

test("identity and gzip are offered everywhere, in this order", () => {
  assert.equal(offeredEncodings().slice(0, 2), ["identity", "gzip"]);
});

const withZstd = testWhere(offeredEncodings().includes("zstd"));

withZstd("zstd comes back as it was, smaller", async () => {
  const compressed = await compress(PAGE, "zstd");
  assert.is(zlib.zstdDecompressSync(compressed).toString(), PAGE);
  assert.ok(compressed.length < PAGE.length / 10);
});

const onNode = testWhere(!("Deno" in globalThis));

onNode("doesn't hold up others while it works", async () => {
  let turns = 0;
  const body = randomBytes(8 * 1024 * 1024);
  const timer = setInterval(() => turns++, 1);
  await compress(body, "gzip");
  clearInterval(timer);
  assert.ok(turns >= 3, `${turns} turns of the event loop`);
});

test.run();
