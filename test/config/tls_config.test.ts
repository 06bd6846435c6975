import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { config, directory, problems } from "./web_files.ts";

test("TLS versions, ciphers and curves alone are still plain HTTP", () => {
  assert.is(
    config("tls_server_config: {min_version: TLS13, curve_preferences: [X25519], cert: '', key_file: ''}").tls,
    undefined,
  );
});

const PAIR = "cert_file: server.crt, key_file: /etc/server.key";

test("TLS by default: 1.2 and 1.3, ciphers and curves of the runtime, no client certificate", () => {
  const { tls, http2 } = config(`tls_server_config: {${PAIR}, cert: x, cipher_suites: [], curve_preferences: }`);
  assert.is(http2, true);
  assert.is(
    tls?.certificate.file,
    join(directory, "server.crt"),
    "a file wins, and its path counts from the configuration",
  );
  assert.is(tls?.key.file, "/etc/server.key");
  assert.equal(
    { ...tls, certificate: 0, key: 0 },
    {
      certificate: 0,
      key: 0,
      clientCa: undefined,
      clientAuth: "NoClientCert",
      allowedSans: undefined,
      minVersion: "TLS12",
      maxVersion: "TLS13",
      ciphers: undefined,
      preferServerCiphers: true,
      curves: undefined,
    },
  );
});

test("names are taken to those of OpenSSL", () => {
  const suites =
    "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, TLS_AES_128_GCM_SHA256, TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256";
  const { tls } = config(
    `tls_server_config: {${PAIR}, cipher_suites: [${suites}], curve_preferences: [CurveP521, X25519]}`,
  );
  assert.equal(tls?.ciphers, ["ECDHE-RSA-AES128-GCM-SHA256", "ECDHE-ECDSA-CHACHA20-POLY1305"]);
  assert.equal(tls?.curves, ["P-521", "X25519"]);
});

test("RequireClientCert is an older name of RequireAnyClientCert", () => {
  assert.is(
    config(`tls_server_config: {${PAIR}, client_auth_type: RequireClientCert}`).tls?.clientAuth,
    "RequireAnyClientCert",
  );
});

test("no names allowed are other than all", () => {
  const section = `${PAIR}, client_auth_type: RequireAnyClientCert, client_allowed_sans`;
  assert.equal(config(`tls_server_config: {${section}: []}`).tls?.allowedSans, []);
  assert.is(config(`tls_server_config: {${section}: }`).tls?.allowedSans, undefined);
});

const REFUSED: Readonly<Record<string, string>> = {
  "tls_server_config: [a]": "web.yml:1:20: tls_server_config: found a list, wanted a mapping",
  "tls_server_config:\n  cert_files: a":
    'web.yml:2:3: tls_server_config: unknown key "cert_files", did you mean "cert_file"? Wanted one of cert, cert_file, key, key_file, client_ca, client_ca_file, client_auth_type, client_allowed_sans, min_version, max_version, cipher_suites, prefer_server_cipher_suites, curve_preferences',
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
  "tls_server_config: {cert_file: ., key: y}": `web.yml:1:32: cert_file: Cannot read ${directory}: it is a directory`,
  "tls_server_config: {cert: x, key: y}": "web.yml:1:27: cert: found no certificate, wanted PEM with BEGIN CERTIFICATE",
};

for (const [text, message] of Object.entries(REFUSED)) {
  test(`refused: ${text.replaceAll("\n", "\\n")}`, async () => assert.is((await problems(text)).join("\n"), message));
}

test("an unknown cipher is named, and so are the known ones", async () => {
  const [message = ""] = await problems("tls_server_config: {cipher_suites: [TLS_RSA_WITH_RC4_128_SHA]}");
  assert.match(
    message,
    /^web\.yml:1:37: tls_server_config\.cipher_suites\.0: unknown cipher: found "TLS_RSA_WITH_RC4_128_SHA", wanted one of TLS_ECDHE_/,
  );
});

test.run();
