import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { subjectAltNames } from "../../src/web/san.ts";
import { makeCertificate } from "../pki.ts";
import { withFolder } from "../stand_in.ts";
import { needs } from "../tools.ts";

const withOpenssl = needs("openssl", "version") ? test : test.skip;

function made(sans: string | undefined): Promise<Uint8Array> {
  return withFolder((directory) => {
    makeCertificate(directory, "a", sans === undefined ? {} : { sans });
    return new X509Certificate(readFileSync(join(directory, "a.crt"))).raw;
  });
}

withOpenssl("subjectAltNames() gives DNS names, e-mail addresses, URIs and IP addresses", async () => {
  const names = await made(
    "DNS:a.example,DNS:*.b.example,email:u@c.example,URI:spiffe://d/e,IP:10.0.0.1,IP:2001:db8::1,IP:::ffff:1.2.3.4",
  );
  assert.equal(subjectAltNames(names), [
    "a.example",
    "*.b.example",
    "u@c.example",
    "spiffe://d/e",
    "10.0.0.1",
    "2001:db8::1",
    "::ffff:102:304",
  ]);
});

withOpenssl("a name can't be read as two names", async () => {
  const der = Buffer.from(await made("URI:x__DNS:prometheus.example"));
  der.write(", ", der.indexOf("__"), "latin1");
  assert.equal(subjectAltNames(der), ["x, DNS:prometheus.example"]);
});

withOpenssl("other kinds of names are passed over, and none are none", async () => {
  assert.equal(subjectAltNames(await made("RID:1.2.3.4,otherName:1.2.3.4;UTF8:a.example,DNS:b")), ["b"]);
  assert.equal(subjectAltNames(await made(undefined)), []);
});

withOpenssl("a damaged certificate has no names", async () => {
  const whole = await made("DNS:a.example,DNS:b.example");
  for (let length = 0; length < whole.length; length += 1) assert.equal(subjectAltNames(whole.subarray(0, length)), []);
  assert.equal(subjectAltNames(new Uint8Array(64).fill(0x30)), []);
  assert.equal(subjectAltNames(new Uint8Array([0x30, 0x84, 0xff, 0xff, 0xff, 0xff])), []);
});

test.run();
