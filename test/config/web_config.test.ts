import { readFileSync } from "node:fs";
import { compareSync } from "bcryptjs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { config, HASH, problems } from "./web_files.ts";

test("an empty file is plain HTTP for everybody", () => {
  const nothing = { tls: undefined, http2: true, headers: new Map(), users: new Map(), rateLimit: undefined };
  for (const text of [
    "",
    "# nothing\n",
    "---\n",
    "{}",
    "tls_server_config:\nhttp_server_config: ~\nbasic_auth_users: {}\nrate_limit:\n",
  ]) {
    assert.equal(config(text), nothing, text);
  }
});

test("users are taken as they are written", () => {
  const names = ["alice", "0123", "yes", "~", "constructor", "__proto__", "a b"];
  assert.equal(
    [
      ...config(
        names
          .map((name) => `"${name}": HASH\n`)
          .join("")
          .replace(/^/gm, "  ")
          .replace(/^/, "basic_auth_users:\n"),
      ).users.keys(),
    ],
    names,
  );
  assert.equal([...config("basic_auth_users: {0123: HASH, on: HASH, 1.0: HASH}").users.keys()], ["0123", "on", "1.0"]);
});

test("headers are texts, whatever they look like; a blank one is sent blank", () => {
  const { headers } = config(
    "http_server_config:\n  headers:\n    X-XSS-Protection: 0\n    X-Frame-Options: deny\n    Content-Security-Policy:\n",
  );
  assert.equal(
    headers,
    new Map([
      ["X-XSS-Protection", "0"],
      ["X-Frame-Options", "deny"],
      ["Content-Security-Policy", ""],
    ]),
  );
});

test("booleans are those of YAML 1.1", () => {
  for (const word of ["y", "Yes", "TRUE", "on"])
    assert.is(config(`http_server_config: {http2: ${word}}`).http2, true, word);
  for (const word of ["n", "No", "false", "OFF"])
    assert.is(config(`http_server_config: {http2: ${word}}`).http2, false, word);
});

test("a rate limit has an interval; without a burst it lets nothing through", () => {
  assert.equal(config("rate_limit: {interval: 1s, burst: 20}").rateLimit, { intervalMs: 1000, burst: 20 });
  assert.equal(config("rate_limit: {interval: 250ms}").rateLimit, { intervalMs: 250, burst: 0 });
  for (const off of ["{}", "{burst: 5}", "{interval: 0, burst: 5}", "{interval: 0s}"])
    assert.is(config(`rate_limit: ${off}`).rateLimit, undefined, off);
});

const REFUSED: Readonly<Record<string, string>> = {
  "- 1": "web.yml:1:1: found a list, wanted a mapping",
  hunter2: "web.yml:1:1: found a text, wanted a mapping",
  "tls_config: {}":
    'web.yml:1:1: unknown key "tls_config", wanted one of tls_server_config, http_server_config, basic_auth_users, rate_limit',
  "constructor: {}":
    'web.yml:1:1: unknown key "constructor", wanted one of tls_server_config, http_server_config, basic_auth_users, rate_limit',
  "rate_limit:\n  rate: 5": 'web.yml:2:3: rate_limit: unknown key "rate", wanted one of interval, burst',
  "rate_limit: {}\nrate_limit: {}": 'web.yml:2:1: found key "rate_limit" twice, wanted it once',
  "rate_limit: {interval: 1}":
    'web.yml:1:24: rate_limit.interval: found "1", wanted a duration from 0 to 24h with its unit, like 500ms or 1s',
  "rate_limit: {interval: -1s}":
    'web.yml:1:24: rate_limit.interval: found "-1s", wanted a duration from 0 to 24h with its unit, like 500ms or 1s',
  "rate_limit: {interval: 1s, burst: -1}":
    'web.yml:1:35: rate_limit.burst: found "-1", wanted a whole number, 0 or more',
  'rate_limit: {interval: 1s, burst: "1"}':
    'web.yml:1:35: rate_limit.burst: found "1", wanted a whole number, 0 or more',
  "http_server_config: {http2: 'true'}": 'web.yml:1:29: http_server_config.http2: found "true", wanted true or false',
  "http_server_config: {http2: 1}": 'web.yml:1:29: http_server_config.http2: found "1", wanted true or false',
  "http_server_config: {headers: [a]}": "web.yml:1:31: http_server_config.headers: found a list, wanted a mapping",
  "http_server_config: {headers: {Server: x}}":
    'web.yml:1:32: HTTP header "Server" can not be configured, wanted one of Content-Security-Policy, Strict-Transport-Security, X-Content-Type-Options, X-Frame-Options, X-XSS-Protection',
  "http_server_config: {headers: {x-frame-options: deny}}":
    'web.yml:1:32: HTTP header "x-frame-options" can not be configured, wanted one of Content-Security-Policy, Strict-Transport-Security, X-Content-Type-Options, X-Frame-Options, X-XSS-Protection',
  "http_server_config: {headers: {X-Frame-Options: DENY}}":
    'web.yml:1:49: invalid value for X-Frame-Options: found "DENY", wanted deny or sameorigin',
  "http_server_config: {headers: {X-Content-Type-Options: ''}}":
    'web.yml:1:56: invalid value for X-Content-Type-Options: found "", wanted nosniff',
  'http_server_config: {headers: {Content-Security-Policy: "a\\nb"}}':
    'web.yml:1:57: invalid value for Content-Security-Policy: found "a\\nb", wanted one line of ASCII',
  "basic_auth_users: [alice]": "web.yml:1:19: basic_auth_users: found a list, wanted a mapping",
  "basic_auth_users: hunter2": "web.yml:1:19: basic_auth_users: found a text, wanted a mapping",
  "basic_auth_users: {alice: hunter2}":
    "web.yml:1:27: basic_auth_users.alice: found no bcrypt hash (not shown), wanted one like $2y$10$… (htpasswd -nBC 10 NAME makes them)",
  "basic_auth_users: {alice: }":
    "web.yml:1:27: basic_auth_users.alice: found no bcrypt hash (not shown), wanted one like $2y$10$… (htpasswd -nBC 10 NAME makes them)",
  "basic_auth_users: {alice: [hunter2]}": "web.yml:1:27: basic_auth_users.alice: found no text (not shown), wanted one",
  [`basic_auth_users: {alice: "${HASH.slice(0, -1)}"}`]:
    "web.yml:1:27: basic_auth_users.alice: found no bcrypt hash (not shown), wanted one like $2y$10$… (htpasswd -nBC 10 NAME makes them)",
  [`basic_auth_users: {alice: "${HASH.replace("$04", "$32")}"}`]:
    "web.yml:1:27: basic_auth_users.alice: found no bcrypt hash (not shown), wanted one like $2y$10$… (htpasswd -nBC 10 NAME makes them)",
  "a: [": "web.yml:1:5: Bad YAML: Flow sequence in block collection must be sufficiently indented and end with a ]",
};

for (const [text, message] of Object.entries(REFUSED)) {
  test(`refused: ${text.replaceAll("\n", "\\n")}`, async () => assert.is((await problems(text)).join("\n"), message));
}

test("the examples of docs/web-configuration.md are good", () => {
  const page = readFileSync(new URL("../../docs/web-configuration.md", import.meta.url), "utf8");
  const examples = [...page.matchAll(/^```yaml\n([\s\S]*?)^```$/gm)].map(([, example = ""]) => config(example));
  assert.equal(
    examples.map(({ tls, users, rateLimit }) => [tls?.clientAuth, [...users.keys()], rateLimit?.burst]),
    [
      ["RequireAndVerifyClientCert", ["prometheus"], 20],
      [undefined, ["prometheus"], undefined],
    ],
  );
  assert.ok(compareSync("example", examples[1]?.users.get("prometheus") ?? ""));
});

test("several problems are told at once", async () => {
  for (const text of [
    "rate_limit: {interval: x, burst: y}\nhttp_server_config: {http2: z}\n",
    "http_server_config: {headers: {a: 1, b: 2}}\ntls_server_config: {cert: x}\n",
  ]) {
    assert.is((await problems(text)).length, 3, text);
  }
});

test.run();
