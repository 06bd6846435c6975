import type { IncomingMessage } from "node:http";
import { gunzipSync } from "node:zlib";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { createHistory, STEP_SECONDS } from "../../../src/gather/history.ts";
import type { Result } from "../../../src/gather/result.ts";
import { family } from "../../../src/metric.ts";
import { liveRoutes } from "../../../src/web/page/routes.ts";
import { fakeRunner, gathererOf, printed, sourceOf } from "../../gather/fakes.ts";

const NOW = Math.floor(Date.now() / 1000 / STEP_SECONDS) * STEP_SECONDS;

function scene() {
  const history = createHistory();
  const families = [family({ name: "memory_used_bytes", help: "", type: "gauge" }, [[{}, 7]])];
  for (const ago of [45, 30, 15]) {
    const result: Result = {
      source: "free",
      outcome: "ok",
      families,
      detail: "",
      seconds: 0,
      timeoutSeconds: 5,
      ageSeconds: 0,
      yields: true,
    };
    history.record([result], (NOW - ago) * 1000);
  }
  const fake = fakeRunner(() => printed("5\n"));
  const options = { host: "h", version: "v", namespace: "my", telemetryPath: "/metrics", debug: false };
  const routes = liveRoutes({ ...options, history, gatherer: gathererOf([sourceOf("/free")], fake.runner) });
  const get = async (path: string, headers: Record<string, string> = {}) => {
    const url = new URL(path, "http://x");
    const route = routes.get(url.pathname);
    if (route === undefined) throw new Error(`No route ${path}`);
    return route.answer({ headers } as IncomingMessage, url.searchParams, new AbortController().signal);
  };
  return { ...fake, get };
}

const textOf = ({ body }: { readonly body: Uint8Array | string }) =>
  typeof body === "string" ? body : new TextDecoder().decode(body);

test("the JSON has the last results, and the rows of charts since a time", async () => {
  const { get } = scene();
  const answer = await get("/api/v1/live");
  assert.is(answer.headers["Content-Type"], "application/json");
  const all = JSON.parse(textOf(answer));
  assert.equal([all.host, all.up, all.figures.total], ["h", true, 5]);
  const [{ name, outcome, detail, last_error: error, failing_since: since }] = all.commands;
  assert.equal([name, outcome, detail, error, since], ["free", "ok", "", null, null]);
  assert.equal(
    all.charts.memory.time,
    [45, 30, 15].map((ago) => NOW - ago),
  );
  assert.equal(
    [all.charts.memory.used, all.charts.memory.free],
    [
      [7, 7, 7],
      [null, null, null],
    ],
  );
  assert.equal([all.metrics[0].name, all.metrics[0].samples], ["my_total_bytes", [{ labels: {}, value: 5 }]]);
  const late = JSON.parse(textOf(await get(`/api/v1/live?since=${NOW - 20}`)));
  assert.equal([late.charts.memory.time, late.time], [[NOW - 15], all.time]);
  for (const since of ["", "x", "-1", "1e9", "1;2"])
    assert.equal([since, (await get(`/api/v1/live?since=${since}`)).status], [since, 400]);
});

test("concurrent identical requests get the same bytes, from one run", async () => {
  const { get, started } = scene();
  const headers = { "accept-encoding": "gzip" };
  const [one, two, other] = await Promise.all([get("/", headers), get("/", headers), get("/?range=6h", headers)]);
  assert.is(one.body, two.body);
  assert.is.not(one.body, other.body);
  assert.equal([one.headers["Content-Encoding"], one.headers["Cache-Control"]], ["gzip", "no-store"]);
  assert.match(gunzipSync(one.body as Uint8Array).toString(), /^<!DOCTYPE html>/);
  assert.equal(started, ["/free"]);
});

test("the policy allows only assets of the exporter", async () => {
  const { headers } = await scene().get("/");
  const policy =
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; require-trusted-types-for 'script'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
  assert.is(headers["Content-Security-Policy"], policy);
});

test("an unknown range is refused with the list of ranges", async () => {
  const { status, body } = await scene().get("/?range=2d");
  assert.equal([status, body], [400, 'range: found "2d", wanted one of 15m, 1h, 6h\n']);
});

test.run();
