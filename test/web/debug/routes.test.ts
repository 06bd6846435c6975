import type { IncomingMessage } from "node:http";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { debugRoutes } from "../../../src/web/debug/routes.ts";
import { fakeRunner, gathererOf, sourceOf } from "../../gather/fakes.ts";

const routes = debugRoutes(gathererOf([sourceOf("/bin/free")], fakeRunner(() => undefined).runner), false);

async function answer(path: string) {
  const route = routes.get(path);
  if (route === undefined) throw new Error(`No route ${path}`);
  return route.answer({ headers: {} } as IncomingMessage, new URLSearchParams(), new AbortController().signal);
}

test("everything is below /debug/, and profiles answer only GET", () => {
  assert.equal(
    [...routes].map(([path, { methods }]) => [path, methods.join(" ")]),
    [
      ["/debug", "GET HEAD"],
      ["/debug/", "GET HEAD"],
      ["/debug/commands", "GET HEAD"],
      ["/debug/pprof", "GET HEAD"],
      ["/debug/pprof/", "GET HEAD"],
      ["/debug/pprof/profile", "GET"],
      ["/debug/pprof/heap", "GET"],
      ["/debug/pprof/allocs", "GET"],
      ["/debug/pprof/trace", "GET"],
    ],
  );
});

test("commands and profiles are served", async () => {
  assert.match(String((await answer("/debug/commands")).body), /"name": "free"/);
  const { status, headers } = await answer("/debug/pprof");
  assert.equal([status, headers.Location], [301, "pprof/"]);
  const index = await answer("/debug/pprof/");
  if (process.versions.deno === undefined) assert.match(String(index.body), /href="heap/);
  else assert.is(index.status, 501);
});

test("the index leads to all pages below it", async () => {
  const { status, headers } = await answer("/debug");
  assert.equal([status, headers.Location], [301, "debug/"]);
  const hrefs = [...String((await answer("/debug/")).body).matchAll(/<a href="(\w[^"?]*)/g)].map(
    ([, href]) => `/debug/${href}`,
  );
  assert.equal(hrefs, ["/debug/commands", "/debug/commands", "/debug/pprof/"]);
  for (const href of hrefs) assert.ok(routes.has(href), href);
});

test.run();
