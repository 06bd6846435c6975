import { EventEmitter } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { RequestLabels } from "../../src/exposition/instruments.ts";
import { clientType, observe, requestLabels } from "../../src/web/labels.ts";

const request = (method: string, userAgent?: string) =>
  ({ method, headers: userAgent === undefined ? {} : { "user-agent": userAgent } }) as IncomingMessage;

test("clientType() tells who asks by the beginning of the User-Agent", () => {
  for (const [userAgent, type] of Object.entries({
    "Prometheus/3.1.0": "prometheus",
    "prometheus/2.42.0+ds": "prometheus",
    "curl/7.88.1": "curl",
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36": "browser",
    "": "other",
    Prometheus: "other",
    vmagent: "other",
    "x Prometheus/3": "other",
    "Go-http-client/1.1": "other",
  }))
    assert.is(clientType(userAgent), type, userAgent);
  assert.is(clientType(undefined), "other");
});

test("requestLabels() gives the route, and one of few methods", () => {
  assert.equal(requestLabels(request("GET", "curl/8"), "/metrics"), {
    method: "GET",
    endpoint: "/metrics",
    client_type: "curl",
  });
  for (const method of ["PROPFIND", "M-SEARCH", "get", ""]) {
    assert.equal(requestLabels(request(method), "other"), { method: "other", endpoint: "other", client_type: "other" });
  }
});

test("observe() tells the route that was reached and the status that was sent, once", () => {
  const told: RequestLabels[] = [];
  let started = 0;
  const observer = {
    requestStarted: () => void started++,
    requestEnded: (labels: RequestLabels, seconds: number) => {
      told.push(labels);
      took.push(seconds);
    },
  };
  const took: number[] = [];
  const began = performance.now();
  for (const route of [undefined, "/metrics"]) {
    const response = Object.assign(new EventEmitter(), { statusCode: 200 });
    const reached = observe(request("GET"), response as unknown as ServerResponse, observer);
    if (route !== undefined) reached(route);
    response.statusCode = route === undefined ? 401 : 200;
    response.emit("close");
    response.emit("close");
  }
  assert.is(started, 2);
  const most = (performance.now() - began) / 1000;
  assert.ok(took.every((seconds) => seconds >= 0 && seconds <= most));
  const rest = { method: "GET", client_type: "other" };
  assert.equal(told, [
    { ...rest, endpoint: "other", response_code: "401" },
    { ...rest, endpoint: "/metrics", response_code: "200" },
  ]);
});

test.run();
