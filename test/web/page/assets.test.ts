import type { IncomingMessage } from "node:http";
import { gunzipSync } from "node:zlib";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { assetRoutes } from "../../../src/web/page/assets.ts";

const routes = assetRoutes();

async function get(name: string, headers: Record<string, string> = {}) {
  const route = routes.get(`/-/assets/${name}`);
  if (route === undefined) throw new Error(`No asset ${name}`);
  return route.answer({ headers } as IncomingMessage, new URLSearchParams(), new AbortController().signal);
}

test("every file that the page asks for is there, and every import of a script", async () => {
  for (const path of routes.keys()) {
    const name = path.slice("/-/assets/".length);
    const { status, body } = await get(name);
    assert.is(status, 200, path);
    const text = new TextDecoder().decode(body as Uint8Array);
    for (const [, imported = ""] of text.matchAll(/^import .*? from "\.\/([^"]+)";$/gm)) await get(imported);
  }
});

test("it is compressed if the client accepts that, and not sent again if the client has it", async () => {
  const plain = await get("page.css");
  const small = await get("page.css", { "accept-encoding": "gzip, br" });
  assert.equal([plain.headers["Content-Encoding"], small.headers["Content-Encoding"]], [undefined, "gzip"]);
  assert.equal(new Uint8Array(gunzipSync(small.body as Uint8Array)), new Uint8Array(plain.body as Uint8Array));
  const etag = plain.headers.ETag ?? "";
  const again = await get("page.css", { "if-none-match": `"other", ${etag}` });
  assert.equal([again.status, again.body, again.headers.ETag], [304, "", etag]);
  assert.is((await get("page.css", { "if-none-match": '"other"' })).status, 200);
});

test("requests for assets have one endpoint label", () => {
  assert.equal([...new Set([...routes.values()].map(({ name }) => name))], ["/-/assets/"]);
});

test.run();
