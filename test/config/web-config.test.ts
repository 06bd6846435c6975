import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { ConfigError, formatProblem } from "../../src/config/problem.ts";
import { checkWebConfig, loadWebConfig, readWebConfig, type WebConfig } from "../../src/config/web-config.ts";
import { makeCertificate } from "../pki.ts";
import { needs } from "../tools.ts";

const directory = mkdtempSync(join(tmpdir(), "memory_exporter-web-config-"));
process.once("exit", () => rmSync(directory, { recursive: true }));
const file = join(directory, "web.yml");

const HASH = "$2y$04$fdsTT5dYgV8jBCbpgPNN4u5w1Nx2kqxEWqXK3ZZk2ZCBxpFTmV7aC";

function write(text: string): string {
  writeFileSync(file, text.replaceAll("HASH", HASH));
  return file;
}

/** All that is wrong, without the name of the directory. */
function problems(text: string): string[] {
  return checkWebConfig(write(text)).map((problem) => formatProblem(problem).replaceAll(`${directory}/`, ""));
}

function config(text: string): WebConfig {
  const checked = readWebConfig(write(text));
  if (checked.kind === "bad") throw new Error(checked.problems.map(formatProblem).join("\n"));
  return checked.value;
}

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

test("TLS versions, ciphers and curves alone are still plain HTTP", () => {
  assert.is(
    config("tls_server_config: {min_version: TLS13, curve_preferences: [X25519], cert: '', key_file: ''}").tls,
    undefined,
  );
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
  "tls_server_config: [a]": "web.yml:1:20: tls_server_config: found a list, wanted a mapping",
  "tls_server_config:\n  cert_files: a":
    'web.yml:2:3: tls_server_config: unknown key "cert_files", wanted one of cert, cert_file, key, key_file, client_ca, client_ca_file, client_auth_type, client_allowed_sans, min_version, max_version, cipher_suites, prefer_server_cipher_suites, curve_preferences',
  "tls_server_config: {cert: x}": "web.yml:1:1: missing one of key or key_file",
  "tls_server_config: {key_file: x}": "web.yml:1:1: missing one of cert or cert_file",
  "tls_server_config: {client_auth_type: NoClientCert}":
    "web.yml:1:1: missing one of cert or cert_file\nweb.yml:1:1: missing one of key or key_file",
  "tls_server_config: {cert: x, key: y, client_ca: z}":
    "web.yml:1:38: client CA's have been configured without a Client Auth Policy, wanted client_auth_type",
  "tls_server_config: {cert: x, key: y, client_ca_file: z, client_auth_type: NoClientCert}":
    "web.yml:1:38: client CA's have been configured without a Client Auth Policy, wanted client_auth_type",
  "tls_server_config: {cert: x, key: y, client_auth_type: Require}":
    'web.yml:1:38: invalid ClientAuth: found "Require", wanted one of NoClientCert, RequestClientCert, RequireAnyClientCert, VerifyClientCertIfGiven, RequireAndVerifyClientCert',
  "tls_server_config: {cert: x, key: y, client_auth_type: RequireAndVerifyClientCert}":
    "web.yml:1:38: RequireAndVerifyClientCert needs client_ca or client_ca_file: nobody could connect",
  "tls_server_config: {client_allowed_sans: [a]}":
    "web.yml:1:21: client_allowed_sans requires client_auth_type to be one of RequireAnyClientCert or RequireAndVerifyClientCert",
  "tls_server_config: {cert: x, key: y, client_allowed_sans: [a], client_auth_type: VerifyClientCertIfGiven}":
    "web.yml:1:38: client_allowed_sans requires client_auth_type to be one of RequireAnyClientCert or RequireAndVerifyClientCert",
  "tls_server_config: {client_allowed_sans: a}":
    "web.yml:1:42: tls_server_config.client_allowed_sans: found a text, wanted a list",
  "tls_server_config: {min_version: TLS9}":
    'web.yml:1:34: tls_server_config.min_version: unknown TLS version: found "TLS9", wanted one of TLS10, TLS11, TLS12, TLS13',
  "tls_server_config: {max_version: ''}":
    'web.yml:1:34: tls_server_config.max_version: unknown TLS version: found "", wanted one of TLS10, TLS11, TLS12, TLS13',
  "tls_server_config: {min_version: TLS13, max_version: TLS12}":
    "web.yml:1:21: min_version TLS13 is above max_version TLS12",
  "tls_server_config: {max_version: TLS11}": "web.yml:1:21: min_version TLS12 is above max_version TLS11",
  "tls_server_config: {curve_preferences: [X25519, P256]}":
    'web.yml:1:49: tls_server_config.curve_preferences.1: unknown curve: found "P256", wanted one of CurveP256, CurveP384, CurveP521, X25519',
  "tls_server_config: {cert: x, key: y, cipher_suites: [TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384]}":
    "web.yml:1:38: found no cipher that HTTP/2 needs, wanted one of TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, or http2: false",
  "tls_server_config: {prefer_server_cipher_suites: maybe}":
    'web.yml:1:50: tls_server_config.prefer_server_cipher_suites: found "maybe", wanted true or false',
  "tls_server_config: {cert_file: none.crt, key: y}": "web.yml:1:32: cert_file: Cannot read none.crt: no such file",
  "tls_server_config: {cert_file: ., key: y}": `web.yml:1:32: cert_file: Cannot read ${directory}: it is not a regular file`,
  "tls_server_config: {cert: x, key: y}": "web.yml:1:27: cert: found no certificate, wanted PEM with BEGIN CERTIFICATE",
  "a: [": "web.yml:1:5: Bad YAML: Flow sequence in block collection must be sufficiently indented and end with a ]",
};

for (const [text, message] of Object.entries(REFUSED)) {
  test(`refused: ${text.replaceAll("\n", "\\n")}`, () => assert.is(problems(text).join("\n"), message));
}

test("an unknown cipher is named, and so are the known ones", () => {
  const [message = ""] = problems("tls_server_config: {cipher_suites: [TLS_RSA_WITH_RC4_128_SHA]}");
  assert.match(
    message,
    /^web\.yml:1:37: tls_server_config\.cipher_suites\.0: unknown cipher: found "TLS_RSA_WITH_RC4_128_SHA", wanted one of TLS_ECDHE_/,
  );
});

test("several problems are told at once", () => {
  assert.is(problems("rate_limit: {interval: x, burst: y}\nhttp_server_config: {http2: z}\n").length, 3);
  assert.is(problems("http_server_config: {headers: {a: 1, b: 2}}\ntls_server_config: {cert: x}\n").length, 3);
});

test("a file that can't be read says why", () => {
  assert.equal(checkWebConfig(join(directory, "none.yml")).map(formatProblem), [
    `${join(directory, "none.yml")}: Cannot read it: no such file`,
  ]);
  assert.equal(checkWebConfig(directory).map(formatProblem), [
    `${directory}: Cannot read it: it is not a regular file`,
  ]);
  writeFileSync(file, Buffer.from([0x61, 0x3a, 0x20, 0xff]));
  assert.equal(checkWebConfig(file).map(formatProblem), [`${file}: Cannot read it: it is not UTF-8 text`]);
  writeFileSync(file, " ".repeat(1024 * 1024 + 1));
  assert.equal(checkWebConfig(file).map(formatProblem), [`${file}: Cannot read it: it has more than 1048576 bytes`]);
});

test("loadWebConfig() throws the first problem, with its place", () => {
  write("rate_limit: {interval: x}");
  try {
    loadWebConfig(file);
    assert.unreachable();
  } catch (error) {
    assert.instance(error, ConfigError);
    assert.match((error as ConfigError).message, /web\.yml:1:24: rate_limit\.interval: found "x"/);
  }
});

const withOpenssl = needs("openssl", "version") ? test : test.skip;

withOpenssl("certificates and keys are checked: paths count from the file, a file wins over the text", () => {
  mkdirSync(join(directory, "pki"), { recursive: true });
  const pki = join(directory, "pki");
  makeCertificate(pki, "server");
  makeCertificate(pki, "other");
  const pair = "cert_file: pki/server.crt, key_file: pki/server.key";
  assert.equal(problems(`tls_server_config: {${pair}, cert: x, key: y}`), []);
  assert.equal(
    problems(`tls_server_config: {${pair}, client_ca_file: pki/other.crt, client_auth_type: RequireClientCert}`),
    [],
  );
  const { tls } = config(`tls_server_config: {${pair}, client_auth_type: RequireClientCert}`);
  assert.is(tls?.certificate.file, join(pki, "server.crt"));
  assert.is(tls?.clientAuth, "RequireAnyClientCert");
  const bad: Readonly<Record<string, string>> = {
    "cert_file: pki/server.crt, key_file: pki/other.key":
      "web.yml:1:58: key_file: it is not the key of the certificate (pki/other.key)",
    "cert_file: pki/server.key, key_file: pki/server.key":
      "web.yml:1:32: cert_file: found no certificate, wanted PEM with BEGIN CERTIFICATE (pki/server.key)",
    "cert_file: pki/server.crt, key_file: pki/server.crt":
      "web.yml:1:58: key_file: found no private key that can be read, wanted PEM without a passphrase (pki/server.crt)",
    [`${pair}, client_auth_type: RequestClientCert, client_ca_file: pki/server.key`]:
      "web.yml:1:127: client_ca_file: found no certificate, wanted PEM with BEGIN CERTIFICATE (pki/server.key)",
    [`${pair}, client_auth_type: RequestClientCert, client_ca: "-----BEGIN CERTIFICATE-----\\nAAAA\\n-----END CERTIFICATE-----"`]:
      "web.yml:1:122: client_ca: certificate 1 can't be read",
  };
  for (const [section, message] of Object.entries(bad))
    assert.equal(problems(`tls_server_config: {${section}}`), [message], section);
});

test.run();
