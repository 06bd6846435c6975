import { getCiphers } from "node:tls";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { CIPHER_SUITES, HTTP2_SUITES, TLS13_SUITES } from "../../src/config/tls_names.ts";
import { onDeno } from "../../src/web/runtime.ts";
import { testWhere } from "../tools.ts";

testWhere(!onDeno())("OpenSSL knows every cipher suite", () => {
  const known = getCiphers();
  for (const name of [...CIPHER_SUITES.values(), ...TLS13_SUITES]) assert.ok(known.includes(name.toLowerCase()), name);
});

test("all suites have forward secrecy, and include those of HTTP/2", () => {
  for (const name of CIPHER_SUITES.keys()) assert.match(name, /^TLS_ECDHE_/);
  for (const name of HTTP2_SUITES) assert.ok(CIPHER_SUITES.has(name));
});

test.run();
