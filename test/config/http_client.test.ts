import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { httpClientFile, PLAIN_HTTP_CLIENT } from "../../src/config/http_client.ts";
import { ConfigError } from "../../src/config/problem.ts";
import { withFolder } from "../stand_in.ts";

/** Writes files, `push.yml` among them, and gives what its configuration is at each moment. */
function scene(folder: string, files: Readonly<Record<string, string>>) {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return httpClientFile(join(folder, "push.yml"));
}

/** What is wrong with a file, its path cut. */
function wrong(text: string): Promise<string> {
  return withFolder(async (folder) => {
    try {
      await scene(folder, { "push.yml": text })();
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      return error.message.replaceAll(`${folder}/`, "");
    }
    return "";
  });
}

test("an empty file is no configuration", () =>
  withFolder(async (folder) => assert.equal(await scene(folder, { "push.yml": "" })(), PLAIN_HTTP_CLIENT)));

test("every field means what it does in Prometheus", () =>
  withFolder(async (folder) => {
    const text = `
basic_auth: {username: me, password_file: secret}
tls_config:
  ca_file: ca.pem
  cert: CERT
  key_file: ${folder}/key.pem
  server_name: name.example
  insecure_skip_verify: true
  min_version: TLS13
headers: {X-Scope-OrgID: "7"}
proxy_url: http://user:pw@proxy:3128
`;
    const config = await scene(folder, { "push.yml": text, secret: " pass\n", "ca.pem": "CA", "key.pem": "KEY" })();
    assert.is(config.authorization, `Basic ${btoa("me:pass")}`);
    assert.equal([...config.headers], [["X-Scope-OrgID", "7"]]);
    assert.is(config.proxy?.href, "http://user:pw@proxy:3128/");
    assert.equal(config.tls, {
      ca: "CA",
      cert: "CERT",
      key: "KEY",
      serverName: "name.example",
      insecureSkipVerify: true,
      minVersion: "TLS13",
      maxVersion: "TLS13",
    });
  }));

test("authorization is Bearer unless another type is named", () =>
  withFolder(async (folder) => {
    assert.is((await scene(folder, { "push.yml": "authorization: {credentials: t}" })()).authorization, "Bearer t");
    const typed = "authorization: {type: ApiKey, credentials_file: token}";
    assert.is((await scene(folder, { "push.yml": typed, token: "k\n" })()).authorization, "ApiKey k");
  }));

test("files are read again when they change, and it is one object while they don't", () =>
  withFolder(async (folder) => {
    const config = scene(folder, { "push.yml": "authorization: {credentials_file: token}", token: "one" });
    assert.is((await config()).authorization, "Bearer one");
    writeFileSync(join(folder, "token"), "two");
    assert.is((await config()).authorization, "Bearer two");
    writeFileSync(join(folder, "push.yml"), "authorization: {credentials: three}");
    assert.is((await config()).authorization, "Bearer three");
    writeFileSync(join(folder, "push.yml"), "authorization: {credential: four}");
    const broken = await config().catch((error: unknown) => error);
    assert.ok(broken instanceof ConfigError);
    writeFileSync(join(folder, "push.yml"), "authorization: {credentials: five}");
    const five = await config();
    assert.is(five.authorization, "Bearer five");
    assert.ok((await config()) === five, "the same object");
  }));

test("what Prometheus refuses is refused in its words, with the place", async () => {
  const cases: readonly (readonly [string, string])[] = [
    [
      "authorization: {type: Basic}",
      'push.yml:1:17: authorization type cannot be set to "basic", use "basic_auth" instead',
    ],
    [
      "basic_auth: {username: a}\nauthorization: {}",
      "push.yml:2:1: at most one of basic_auth & authorization must be configured",
    ],
    [
      "basic_auth: {password: a, password_file: b}",
      "push.yml:1:1: at most one of basic_auth password & password_file must be configured",
    ],
    ["headers: {Content-Type: x}", "push.yml:1:11: content-type is a reserved header. It must not be changed"],
    [
      "headers: {Authorization: x}",
      "push.yml:1:11: authorization header must be changed via the basic_auth or authorization parameter",
    ],
    ["tls_config: {ca: a, ca_file: b}", "push.yml:1:1: at most one of ca and ca_file must be configured"],
    [
      "tls_config: {cert: a}",
      "push.yml:1:1: exactly one of cert or cert_file and of key or key_file must be configured when a client certificate is used",
    ],
    ["authorization: {credentials_file: none}", "push.yml:1:35: credentials_file: Cannot read none: no such file"],
  ];
  for (const [text, message] of cases) assert.is(await wrong(text), message);
  assert.match(await wrong("oauth2: {}"), /^push\.yml:1:1: unknown key "oauth2"/);
  assert.match(
    await wrong("tls_config: {min_version: TLS9}"),
    /min_version: found no TLS version, wanted one of TLS10/,
  );
});

test("no message shows a secret", async () => {
  const texts = [
    "basic_auth: {password: [s3cret]}",
    "authorization: {credentials: {s3cret: x}}",
    "proxy_url: https://user:s3cret@proxy",
    'headers: {X-A: "s3cret\\n"}',
    "basic_auth: s3cret",
    "authorization: {credentials: s3cret, credentials_file: x}",
  ];
  for (const text of texts) {
    const message = await wrong(text);
    assert.ok(message !== "", text);
    assert.not.match(message, /s3cret/, text);
  }
});

test.run();
