import { test } from "uvu";
import * as assert from "uvu/assert";
import { type OAuth2, PLAIN_HTTP_CLIENT } from "../../src/config/http_client.ts";
import { createClient } from "../../src/push/client.ts";
import { createTokens } from "../../src/push/oauth2.ts";
import { type Behaviour, says, saysInTurn, withBadServer } from "../bad_servers.ts";

const oauth2Of = (url: string): OAuth2 => ({
  clientId: "me/x",
  clientSecret: "s3cret & more",
  scopes: ["one", "two"],
  tokenUrl: new URL("/token", url),
  endpointParams: new Map([["audience", "a b"]]),
  tls: PLAIN_HTTP_CLIENT.tls,
  proxy: PLAIN_HTTP_CLIENT.proxy,
});

const token = (name: string, more: object = {}) =>
  says("200 OK", ["Content-Type: application/json"], JSON.stringify({ access_token: name, ...more }));

/** Asks for so many tokens of a server that answers in turn: what came of each, and what the server was sent. */
async function ask(times: number, ...answers: readonly Behaviour[]) {
  const got: string[] = [];
  const requests = await withBadServer(saysInTurn(...answers), async (url, taken) => {
    const tokens = createTokens("memory_exporter/1");
    const oauth2 = oauth2Of(url);
    for (let i = 0; i < times; i++) {
      const signal = AbortSignal.timeout(20_000);
      got.push(await tokens.authorization(oauth2, signal).catch((error: Error) => `error ${error.message}`));
    }
    tokens.close();
    return taken.requests;
  });
  return { got, requests };
}

test("a token is asked for with credentials, scopes and parameters, and kept", async () => {
  const { got, requests } = await ask(3, token("t1", { token_type: "bearer", expires_in: 3600 }));
  assert.equal(got, Array(3).fill("Bearer t1"));
  assert.is(requests.length, 1);
  const [head = "", body] = requests[0]?.split("\r\n\r\n") ?? [];
  assert.match(head, /^POST \/token HTTP\/1\.1\r\n/);
  assert.match(head, /\r\ncontent-type: application\/x-www-form-urlencoded\r\n/i);
  assert.ok(head.includes(`Authorization: Basic ${btoa("me%2Fx:s3cret+%26+more")}`), head);
  assert.is(body, "grant_type=client_credentials&scope=one+two&audience=a+b");
});

test("one that expires soon is fetched anew, one without an end is kept", async () => {
  assert.equal((await ask(2, token("t1", { expires_in: 5 }), token("t2"))).got, ["Bearer t1", "Bearer t2"]);
  assert.is((await ask(3, token("t1", { token_type: "MAC" }))).requests.length, 1);
});

test("a server that refuses the header gets the credentials in the form", async () => {
  const { got, requests } = await ask(1, says("401 No"), token("t"));
  assert.equal(got, ["Bearer t"]);
  assert.match(requests[1] ?? "", /client_id=me%2Fx&client_secret=s3cret\+%26\+more/);
  assert.not.match(requests[1] ?? "", /\r\nauthorization:/i);
});

test("a missing token is reported in one line without secrets", async () => {
  const refused = await ask(1, says("401 No", [], '{"error":"invalid_client"}'));
  assert.equal(refused.got, ['error oauth2: server answered 401: {"error":"invalid_client"}']);
  for (const body of ["s3cret", '{"access_token": "s3cret\\n"}', '{"refresh_token": "s3cret"}', "null"]) {
    const { got } = await ask(1, says("200 OK", [], body));
    assert.match(got[0] ?? "", /^error oauth2: found no access_token in the answer of token_url \(not shown\)/);
  }
});

test("requests carry the token; after a 401 the next one carries a new one", () =>
  withBadServer(saysInTurn(token("t1"), token("t2")), (authUrl, asked) =>
    withBadServer(saysInTurn(says("204 No Content"), says("401 No"), says("204 No Content")), async (url, taken) => {
      const settings = { ...PLAIN_HTTP_CLIENT, oauth2: oauth2Of(authUrl) };
      const client = createClient({ timeoutMs: 20_000, userAgent: "x", settings: async () => settings });
      const request = { method: "POST", url: new URL(url), headers: {}, body: new Uint8Array() } as const;
      for (let i = 0; i < 3; i++) await client.send(request);
      client.close();
      const sent = taken.requests.map((one) => /\r\nauthorization: ([^\r]+)/i.exec(one)?.[1]);
      assert.equal(sent, ["Bearer t1", "Bearer t1", "Bearer t2"]);
      assert.is(asked.requests.length, 2);
    }),
  ));

test.run();
