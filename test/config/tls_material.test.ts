import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { createTextReader } from "../../src/config/file.ts";
import { parseTlsMaterial, readPemTexts } from "../../src/config/tls_material.ts";
import { makeCertificate } from "../pki.ts";
import { needs } from "../tools.ts";
import { config, directory, problems } from "./web_files.ts";

const hasOpenssl = needs("openssl", "version");
const withOpenssl = hasOpenssl ? test : test.skip;
if (hasOpenssl) for (const name of ["server", "other"]) makeCertificate(directory, name);

const PAIR = "cert_file: server.crt, key_file: server.key";
const pem = (name: string) => readFileSync(join(directory, name), "utf8");
const section = (fields: string) => `tls_server_config: {${fields}}`;

withOpenssl("a certificate with its key is good, and a chain keeps its order", async () => {
  assert.equal(await problems(section(PAIR)), []);
  writeFileSync(join(directory, "chain.crt"), `Some words.\n${pem("server.crt")}More words.\n${pem("other.crt")}`);
  const { tls } = config(section(`${PAIR}, client_auth_type: RequireAnyClientCert, client_ca_file: chain.crt`));
  const texts = tls && (await readPemTexts(tls, createTextReader()));
  const material = tls && texts?.kind === "ok" ? parseTlsMaterial(tls, texts.value) : undefined;
  assert.equal(material?.kind === "ok" && material.value.clientCa, [pem("server.crt"), pem("other.crt")]);
});

withOpenssl("keys of other kinds and forms", async () => {
  for (const [name, options] of Object.entries({ rsa: ["RSA", "-pkeyopt", "rsa_keygen_bits:2048"], ed: ["ED25519"] })) {
    const file = (suffix: string) => join(directory, `${name}.${suffix}`);
    execFileSync("openssl", ["genpkey", "-algorithm", ...options, "-out", file("key")], { stdio: "ignore" });
    execFileSync("openssl", ["req", "-x509", "-new", "-key", file("key"), "-subj", "/CN=a", "-out", file("crt")]);
    assert.equal(await problems(section(`cert_file: ${name}.crt, key_file: ${name}.key`)), []);
  }
});

withOpenssl("a key that is too short for TLS is refused before anybody connects", async () => {
  const file = (suffix: string) => join(directory, `short.${suffix}`);
  const key = ["-newkey", "rsa:512", "-nodes", "-keyout", file("key")];
  execFileSync("openssl", ["req", "-x509", ...key, "-subj", "/CN=a", "-out", file("crt")], { stdio: "ignore" });
  const [told, ...more] = await problems(section("cert_file: short.crt, key_file: short.key"));
  assert.match(told ?? "", /^web\.yml:1:32: cert_file: it can't be used for TLS: .+ \(short\.crt\)$/);
  assert.equal(more, []);
});

const BLOCK = "-----BEGIN CERTIFICATE-----\\nAAAA\\n-----END CERTIFICATE-----";
const REFUSED: Readonly<Record<string, string>> = {
  "cert_file: server.crt, key_file: other.key":
    "web.yml:1:54: key_file: it is not the key of the certificate (other.key)",
  "cert_file: server.key, key_file: server.key":
    "web.yml:1:32: cert_file: found no certificate, wanted PEM with BEGIN CERTIFICATE (server.key)",
  "cert_file: server.crt, key_file: server.crt":
    "web.yml:1:54: key_file: found no private key that can be read, wanted PEM without a passphrase (server.crt)",
  "cert_file: server.crt, key: x":
    "web.yml:1:49: key: found no private key that can be read, wanted PEM without a passphrase",
  "cert_file: server.crt, key_file: none": "web.yml:1:54: key_file: Cannot read none: no such file",
  [`${PAIR}, client_auth_type: RequestClientCert, client_ca_file: server.key`]:
    "web.yml:1:119: client_ca_file: found no certificate, wanted PEM with BEGIN CERTIFICATE (server.key)",
  [`${PAIR}, client_auth_type: RequestClientCert, client_ca: "${BLOCK}"`]:
    "web.yml:1:114: client_ca: certificate 1 can't be read",
};

for (const [fields, message] of Object.entries(REFUSED)) {
  withOpenssl(`refused: ${fields}`, async () => assert.equal(await problems(section(fields)), [message]));
}

withOpenssl("a certificate that is cut anywhere is refused", async () => {
  const whole = pem("server.crt");
  for (let length = 0; length < whole.trimEnd().length - 25; length += 7) {
    writeFileSync(join(directory, "cut.crt"), whole.slice(0, length));
    assert.is((await problems(section("cert_file: cut.crt, key_file: server.key"))).length, 1, `${length}`);
  }
});

withOpenssl("a key with a passphrase is refused", async () => {
  const target = join(directory, "locked.key");
  execFileSync("openssl", [
    "pkey",
    "-in",
    join(directory, "server.key"),
    "-aes128",
    "-passout",
    "pass:a",
    "-out",
    target,
  ]);
  assert.match(
    (await problems(section("cert_file: server.crt, key_file: locked.key"))).join(),
    /wanted PEM without a passphrase/,
  );
});

// In time that grows with the square of the text this takes minutes.
test("many beginnings without an end are refused at the first", async () => {
  writeFileSync(join(directory, "many.crt"), "-----BEGIN CERTIFICATE-----\n".repeat(37_000));
  assert.match((await problems(section("cert_file: many.crt, key: x"))).join(), /certificate 1 can't be read/);
});

test.run();
