import { renameSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { hashSync } from "bcryptjs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { canHang, withHangingFile } from "../hanging_file.ts";
import { ask, type Reply } from "../http.ts";
import { type Served, withListeners } from "../listeners.ts";
import { until, withFolder } from "../stand_in.ts";
import { testWhere } from "../tools.ts";

type Scene = Served & {
  readonly file: string;
  readonly configure: (text: string) => void;
  readonly get: (path?: string, credentials?: string) => Promise<Reply>;
};

const USERS = `basic_auth_users:\n  alice: ${hashSync("secret", 4)}\n`;

function withWebConfig(
  text: string,
  use: (scene: Scene) => Promise<void>,
  freePaths: readonly string[] = [],
): Promise<void> {
  return withFolder(async (directory) => {
    const webConfigFile = join(directory, "web.yml");
    const configure = (changed: string) => writeFileSync(webConfigFile, changed);
    configure(text);
    await withListeners({ webConfigFile, freePaths }, (served) => {
      const get = (path = "/metrics", credentials?: string) => {
        const headers = credentials ? { Authorization: `Basic ${Buffer.from(credentials).toString("base64")}` } : {};
        return ask(`http://${served.address}`, { target: path, headers });
      };
      return use({ ...served, file: webConfigFile, configure, get });
    });
  });
}

async function statuses(asked: readonly Promise<Reply>[]): Promise<number[]> {
  return (await Promise.all(asked)).map(({ status }) => status);
}

test("an empty configuration lets everybody in", () =>
  withWebConfig("", async ({ get, lines, address }) => {
    assert.is((await get()).text, "ok /metrics\n");
    assert.equal(lines.at(-1), ["info", "TLS is disabled.", { http2: false, address }]);
  }));

test("every path needs credentials", () =>
  withWebConfig(USERS, async ({ get }) => {
    for (const path of ["/", "/metrics", "/-/healthy", "/-/ready", "/nowhere"]) {
      const { status, text, headers } = await get(path);
      assert.is(status, 401);
      assert.is(text, "Unauthorized\n");
      assert.is(headers["www-authenticate"], "Basic");
      assert.is(headers["content-type"], "text/plain; charset=utf-8");
      assert.is(headers["x-content-type-options"], "nosniff");
      assert.is((await get(path, "alice:secret")).status, 200);
    }
    const wrong = ["alice:", "alice:wrong", "alice:secret ", ":secret", "bob:secret", "alice", "Alice:secret", ":"];
    for (const credentials of wrong) assert.is((await get("/metrics", credentials)).status, 401, credentials);
  }));

test("only the health paths can be free of authentication", () =>
  withWebConfig(
    USERS,
    async ({ get }) => {
      for (const path of ["/-/healthy", "/-/ready", "/-/ready?a=b"]) assert.is((await get(path)).status, 200, path);
      const others = [
        "/metrics",
        "/-/healthy/",
        "/-/healthy/../../metrics",
        "//-/healthy",
        "/-/HEALTHY",
        "/-/reload",
        "/metrics?/-/healthy",
        "/metrics#/-/healthy",
        "http://a/-/healthy",
      ];
      for (const path of others) assert.is((await get(path)).status, 401, path);
    },
    ["/-/healthy", "/-/ready"],
  ));

test("headers are set on all answers but those of a broken file and the rate limit", () =>
  withWebConfig(
    `http_server_config: {headers: {X-Frame-Options: deny}}\n${USERS}rate_limit: {interval: 1h, burst: 2}\n`,
    async ({ get, configure }) => {
      const [granted, denied, limited] = [await get("/", "alice:secret"), await get(), await get("/", "alice:secret")];
      assert.equal([granted.status, denied.status, limited.status], [200, 401, 429]);
      assert.equal(
        [granted, denied, limited].map(({ headers }) => headers["x-frame-options"]),
        ["deny", "deny", undefined],
      );
      assert.is(limited.text, "Too Many Requests\n");
      configure("x: [");
      const broken = await get("/", "alice:secret");
      assert.is(broken.status, 500);
      assert.is(broken.text, "Internal Server Error\n");
      assert.is(broken.headers["x-frame-options"], undefined);
    },
  ));

test("users and headers change at once, and with an invalid file all requests are refused and it is logged once", () =>
  withWebConfig(USERS, async ({ get, configure, lines }) => {
    assert.equal(await statuses([get(), get("/", "alice:secret")]), [401, 200]);
    configure(USERS.replace("alice", "bob"));
    assert.equal(await statuses([get(), get("/", "alice:secret"), get("/", "bob:secret")]), [401, 401, 200]);
    const told = lines.length;
    configure("basic_auth_users: {alice: plain}\n");
    assert.equal(await statuses([get(), get("/", "bob:secret"), get()]), [500, 500, 500]);
    assert.is(lines.length, told + 1);
    assert.is(lines.at(-1)?.[1], "Unable to parse configuration");
    assert.match(
      String(lines.at(-1)?.[2].err),
      /web\.yml:1:27: basic_auth_users\.alice: found no bcrypt hash \(not shown\)/,
    );
    configure(`${USERS}http_server_config: {headers: {X-XSS-Protection: 0}}\n`);
    const { status, headers } = await get("/", "alice:secret");
    assert.equal([status, headers["x-xss-protection"]], [200, "0"]);
    assert.is(lines.at(-1)?.[1], "Configuration can be parsed again");
  }));

testWhere(canHang)("while reading the configuration hangs, all requests get 500 and the event loop isn't blocked", () =>
  withWebConfig(USERS, ({ get, lines, file }) =>
    withHangingFile(async ({ path, opened, release }) => {
      assert.is((await get("/", "alice:secret")).status, 200);
      renameSync(file, `${file}.good`);
      symlinkSync(path, file);
      const first = get("/", "alice:secret");
      await opened();
      const others = Array.from({ length: 20 }, () => get("/", "alice:secret"));
      assert.equal(new Set(await statuses([first, ...others])), new Set([500]));
      assert.match(String(lines.at(-1)?.[2].err), /web\.yml: Cannot read it: reading it /);
      renameSync(`${file}.good`, file);
      assert.is((await get("/", "alice:secret")).status, 500, "the read is still under way");
      await release();
      await until("the good file", async () => (await get("/", "alice:secret")).status === 200);
    }),
  ),
);

test("the rate limit comes before credentials, and stays as it was at the start", () =>
  withWebConfig(`${USERS}rate_limit: {interval: 1h, burst: 3}\n`, async ({ get, configure, lines }) => {
    configure(USERS);
    assert.equal(await statuses([get(), get(), get()]), [401, 401, 401]);
    const warning = "TLS, HTTP/2 and rate limit stay as they were at the start: restart to change them";
    assert.is(lines.filter(([level, message]) => level === "warn" && message === warning).length, 1);
    assert.equal(await statuses([get(), get("/", "alice:secret")]), [429, 429]);
  }));

test("each listener has a rate limit of its own", () =>
  withFolder(async (directory) => {
    const webConfigFile = join(directory, "web.yml");
    writeFileSync(webConfigFile, "rate_limit: {interval: 1h, burst: 1}\n");
    await withListeners({ webConfigFile, addresses: ["127.0.0.1:0", "127.0.0.1:0"] }, async ({ listeners, lines }) => {
      assert.equal(lines[0], ["info", "Rate Limiter is enabled.", { burst: 1, interval: "3600s" }]);
      for (const { address } of listeners) {
        assert.equal(await statuses([ask(`http://${address}`), ask(`http://${address}`)]), [200, 429]);
      }
    });
  }));

test("a flood of guesses is answered, and doesn't affect known clients", () =>
  withWebConfig(`basic_auth_users: {alice: ${hashSync("secret", 8)}}\n`, async ({ get }) => {
    assert.is((await get("/", "alice:secret")).status, 200);
    const answered: number[] = [];
    const asked = [...Array.from({ length: 60 }, (_, i) => `alice:${i}`), "alice:secret"];
    await Promise.all(asked.map(async (credentials) => answered.push((await get("/", credentials)).status)));
    assert.equal(new Set(answered), new Set([401, 503, 200]));
    assert.is(answered.filter((status) => status === 200).length, 1);
    assert.is.not(answered.at(-1), 200, "the known client waited for all guesses");
  }));

test.run();
