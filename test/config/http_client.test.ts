import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { checkHttpClient, httpClientFile, PLAIN_HTTP_CLIENT } from "../../src/config/http_client.ts";
import { ConfigError, formatProblem } from "../../src/config/problem.ts";
import { withFolder } from "../stand_in.ts";
import { certificates, hasTlsTools } from "../tls_scene.ts";

const ENVIRONMENT = { HTTPS_PROXY: "env:3128", no_proxy: "near.example" };
const pem = (name: string) => readFileSync(join(certificates, name), "utf8").trim();

/** Writes files, `push.yml` among them, and gives what its configuration is at each moment. */
function scene(folder: string, files: Readonly<Record<string, string>>) {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return httpClientFile(join(folder, "push.yml"), { environment: ENVIRONMENT });
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
basic_auth: {username_file: name, password_file: secret}
tls_config:
  server_name: name.example
  insecure_skip_verify: true
  min_version: TLS11
  max_version: TLS13
headers: {X-Scope-OrgID: "7"}
http_headers:
  X-Many: {values: [a, b], secrets: [c], files: [header]}
proxy_url: http://user:pw@proxy:3128
no_proxy: 10.0.0.0/8
proxy_connect_header: {X-Tenant: [one, two]}
follow_redirects: false
enable_http2: false
`;
    const config = await scene(folder, { "push.yml": text, name: "me", secret: " pass\n", header: "d\n" })();
    assert.is(config.authorization, `Basic ${btoa("me:pass")}`);
    assert.equal(Object.fromEntries(config.headers), { "X-Scope-OrgID": ["7"], "X-Many": ["a", "b", "c", "d"] });
    const { http, https, except, connectHeaders } = config.proxy;
    assert.equal([http?.href, https?.href, except], [...Array(2).fill("http://user:pw@proxy:3128/"), "10.0.0.0/8"]);
    assert.equal([...connectHeaders], [["X-Tenant", ["one", "two"]]]);
    assert.equal(config.tls, {
      ...PLAIN_HTTP_CLIENT.tls,
      serverName: "name.example",
      insecureSkipVerify: true,
      minVersion: "TLS11",
    });
  }));

test("the proxies of the environment", () =>
  withFolder(async (folder) => {
    const { proxy } = await scene(folder, { "push.yml": "proxy_from_environment: true" })();
    assert.equal([proxy.http, proxy.https?.href, proxy.except], [undefined, "http://env:3128/", "near.example"]);
  }));

test("oauth2 has credentials, a way to its server, and a secret that is read from a file", () =>
  withFolder(async (folder) => {
    const text = `
oauth2:
  client_id: me
  client_secret_file: secret
  scopes: [one, two]
  token_url: https://auth.example/token
  endpoint_params: {audience: x}
  tls_config: {insecure_skip_verify: true}
  proxy_url: http://proxy:3128
`;
    const { oauth2, authorization, proxy } = await scene(folder, { "push.yml": text, secret: "s\n" })();
    assert.is(authorization, undefined);
    assert.is(proxy.https, undefined);
    assert.equal([oauth2?.clientId, oauth2?.clientSecret, oauth2?.scopes], ["me", "s", ["one", "two"]]);
    assert.equal([oauth2?.tokenUrl.href, oauth2?.endpointParams.get("audience")], ["https://auth.example/token", "x"]);
    assert.equal([oauth2?.tls.insecureSkipVerify, oauth2?.proxy.https?.href], [true, "http://proxy:3128/"]);
  }));

(hasTlsTools ? test : test.skip)("certificates and keys are in files or in the text, and are checked", () =>
  withFolder(async (folder) => {
    const inline = (name: string) => JSON.stringify(pem(name));
    const files = { "ca.pem": pem("ca.crt"), "key.pem": pem("client.key") };
    const text = `tls_config: {ca_file: ca.pem, cert: ${inline("client.crt")}, key_file: ${folder}/key.pem}`;
    const { tls } = await scene(folder, { ...files, "push.yml": text })();
    assert.equal([tls.ca, tls.cert, tls.key], ["ca.crt", "client.crt", "client.key"].map(pem));
    const cases: readonly (readonly [string, string])[] = [
      ["ca_file: key.pem", "push.yml:1:23: ca_file: found no certificate, wanted PEM with BEGIN CERTIFICATE (key.pem)"],
      [
        `cert_file: ca.pem, key_file: key.pem`,
        "push.yml:1:43: key_file: it is not the key of the certificate (key.pem)",
      ],
      [
        `cert_file: ca.pem, key: "none"`,
        "push.yml:1:38: key: found no private key that can be read, wanted PEM without a passphrase",
      ],
    ];
    for (const [fields, message] of cases) {
      writeFileSync(join(folder, "push.yml"), `tls_config: {${fields}}`);
      const checked = await checkHttpClient(join(folder, "push.yml"), { environment: {} });
      const found = checked.kind === "bad" ? checked.problems.map(formatProblem).join("\n") : "";
      assert.is(found.replaceAll(`${folder}/`, ""), message);
    }
  }),
);

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
      "push.yml:2:1: at most one of basic_auth, oauth2 & authorization must be configured",
    ],
    [
      "basic_auth: {password: a, password_file: b}",
      "push.yml:1:1: at most one of basic_auth password & password_file must be configured",
    ],
    ["headers: {Content-Type: x}", "push.yml:1:11: content-type is a reserved header. It must not be changed"],
    [
      "headers: {Authorization: x}",
      "push.yml:1:11: authorization header must be changed via the basic_auth, authorization or oauth2 parameter",
    ],
    ["tls_config: {ca: a, ca_file: b}", "push.yml:1:1: at most one of ca & ca_file must be configured"],
    [
      "tls_config: {cert: a}",
      "push.yml:1:1: exactly one of key or key_file must be configured when a client certificate is configured",
    ],
    ["authorization: {credentials_file: none}", "push.yml:1:35: credentials_file: Cannot read none: no such file"],
  ];
  for (const [text, message] of cases) assert.is(await wrong(text), message);
  const parts: readonly (readonly [string, RegExp])[] = [
    ["oauth2: {token_url: http://a}", /oauth2 client_id must be configured/],
    ["oauth2: {client_id: a}", /oauth2 token_url must be configured, a URL of http or https/],
    ["oauth2: {client_id: a, token_url: http://a, client_secret: b, client_secret_file: c}", /at most one of oauth2/],
    ["no_proxy: a", /if no_proxy is configured, proxy_url must also be configured/],
    ["proxy_from_environment: true\nproxy_url: http://a", /proxy_url must not be configured/],
    ["proxy_from_environment: true\nno_proxy: a", /no_proxy must not be configured/],
    ["proxy_connect_header: {a: [b]}", /proxy_url or proxy_from_environment must also be configured/],
    ["proxy_url: socks5://user:pw@a", /proxy_url: found no address of a proxy by http \(not shown\)/],
    ["tls_config: {max_version: TLS11}", /max_version must be greater than or equal to min_version/],
    ["headers: {X-A: a}\nhttp_headers: {x-a: {values: [b]}}", /found header "x-a" twice/],
    ['http_headers: {x-a: {values: ["b\\nc"]}}', /http_headers\.x-a: found a value \(not shown\)/],
    ["http_headers: {x-a: {files: [none]}}", /http_headers|files: Cannot read none: no such file/],
  ];
  for (const [text, message] of parts) assert.match(await wrong(text), message);
  assert.match(
    await wrong("tls_config: {min_version: TLS9}"),
    /min_version: found no TLS version, wanted one of TLS10/,
  );
});

test("what isn't supported is refused by its name, and says what to write instead", async () => {
  const cases: readonly (readonly [string, string])[] = [
    ["sigv4: {}", "sigv4: found a key that isn't supported, wanted one of basic_auth, authorization, oauth2"],
    ["bearer_token: s3cret", "bearer_token: found a key that isn't supported, wanted authorization with credentials"],
    [
      "basic_auth: {password_ref: a}",
      "basic_auth.password_ref: found a key that isn't supported, wanted password or password_file",
    ],
    ["follow_redirects: true", "found true, wanted false or no such key: no redirect is followed"],
    ["enable_http2: true", "found true, wanted false or no such key: HTTP/1.1 is spoken"],
  ];
  for (const [text, message] of cases) assert.ok((await wrong(text)).endsWith(`: ${message}`), await wrong(text));
  assert.not.match(await wrong("proxyurl: a"), /sigv4|bearer/);
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
