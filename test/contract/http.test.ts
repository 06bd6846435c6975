import { existsSync, readFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { collect, run, sampleOf, withExporter } from "../exporter.ts";
import { ask, scrape } from "../http.ts";
import { PRINT_FREE, until, withPrograms } from "../stand_in.ts";

const TEXT = "text/plain; charset=utf-8";
const FREE = { free: PRINT_FREE };

test("each route answers what the contract says, to GET and HEAD", async () => {
  await withPrograms(FREE, (env) =>
    withExporter({ env }, async ({ url }) => {
      await until("ready", async () => (await ask(`${url}/-/ready`)).status === 200);
      const routes = {
        "/metrics": [200, "text/plain; version=0.0.4; charset=utf-8; escaping=underscores", /^# HELP /],
        "/": [200, "text/html; charset=utf-8", /^<!DOCTYPE html>[\s\S]*memory_exporter[\s\S]*href="\.\/metrics"/],
        "/-/healthy": [200, TEXT, /^memory_exporter is Healthy\.\n$/],
        "/-/ready": [200, TEXT, /^memory_exporter is Ready\.\n$/],
        "/metrics/": [404, TEXT, /^404 page not found\n$/],
        "/%6detrics": [404, TEXT, /^404 page not found\n$/],
        "/../metrics": [404, TEXT, /^404 page not found\n$/],
        "/-/nothing": [404, TEXT, /^404 page not found\n$/],
        "//": [404, TEXT, /^404 page not found\n$/],
      } as const;
      for (const [target, [status, type, body]] of Object.entries(routes)) {
        const got = await ask(url, { target });
        assert.equal([target, got.status, got.headers["content-type"]], [target, status, type]);
        assert.match(got.text, body);
        const head = await ask(url, { target, method: "HEAD" });
        assert.equal([target, head.status, head.headers["content-type"], head.text], [target, status, type, ""]);
        // The lengths of two pages with figures differ by the digits of what they measure.
        if (target !== "/metrics" && target !== "/")
          assert.is(head.headers["content-length"], String(Buffer.byteLength(got.text)));
        assert.ok(Number(head.headers["content-length"]) > 0);
      }
    }),
  );
});

test("what a browser has already isn't sent again, and its length isn't said to be another", async () => {
  await withExporter({}, async ({ url }) => {
    const first = await ask(url, { target: "/-/assets/page.css" });
    const headers = { "If-None-Match": first.headers.etag };
    const again = await ask(url, { target: "/-/assets/page.css", headers });
    assert.equal([first.status, again.status, again.headers["content-length"]], [200, 304, undefined]);
  });
});

test("a method that a route doesn't have is refused with those that it has", async () => {
  await withExporter({}, async ({ url }) => {
    for (const target of ["/metrics", "/", "/-/healthy", "/-/ready"]) {
      for (const method of ["POST", "PUT", "DELETE", "OPTIONS", "PATCH"]) {
        const { status, headers } = await ask(url, { target, method });
        assert.equal([target, method, status, headers.allow], [target, method, 405, "GET, HEAD"]);
      }
    }
    assert.is((await ask(url, { target: "/nothing", method: "POST" })).status, 404);
  });
});

test("collect[] and exclude[] select commands by name", async () => {
  const args = ["--command.preset=free", "--command.preset=meminfo"];
  await withPrograms(FREE, (env) =>
    withExporter({ env, args }, async ({ url }) => {
      const selected = async (query: string) => {
        const { status, text } = await ask(`${url}/metrics?${query}`);
        const commands = ["free", "meminfo"].filter(
          (name) => sampleOf(text, `memory_exporter_command_success{command="${name}"}`) !== undefined,
        );
        return status === 200 ? commands : [status, text];
      };
      assert.equal(await selected(""), ["free", "meminfo"]);
      assert.equal(await selected("collect[]=free"), ["free"]);
      assert.equal(await selected("collect%5B%5D=meminfo&collect[]=free"), ["free", "meminfo"]);
      assert.equal(await selected("exclude[]=free"), ["meminfo"]);
      assert.equal(await selected("command=free&x"), ["free", "meminfo"]);
      const both = "Combined collect and exclude queries are not allowed.\n";
      assert.equal(await selected("collect[]=free&exclude[]=meminfo"), [400, both]);
      assert.equal(await selected("collect[]=swaps"), [400, 'Unknown command "swaps", wanted one of free, meminfo.\n']);
      assert.equal(await selected("exclude[]=FREE"), [400, 'Unknown command "FREE", wanted one of free, meminfo.\n']);
      assert.equal(await selected("collect[]="), [400, 'Unknown command "", wanted one of free, meminfo.\n']);
      assert.equal(await selected("collect[]=a%0Ab"), [400, 'Unknown command "a\\nb", wanted one of free, meminfo.\n']);
    }),
  );
});

test("the page has another path if that is wanted", async () => {
  await withExporter({ args: ["--web.telemetry-path=/prometheus/figures"] }, async ({ url }) => {
    assert.is((await ask(`${url}/metrics`)).status, 404);
    assert.match((await ask(`${url}/prometheus/figures`)).text, /^memory_up 1$/m);
    assert.match((await ask(`${url}/`)).text, /href="\.\/prometheus\/figures"/);
  });
  const { code, stderr } = await run({ args: ["--web.telemetry-path=/-/healthy", "--web.health-without-auth"] });
  assert.is(code, 1);
  assert.match(stderr, /--web\.telemetry-path: found "\/-\/healthy", wanted a path that isn't taken [^\n]*\n$/);
});

test("a target in absolute form is taken by its path", async () => {
  await withExporter({}, async ({ url }) => {
    assert.is((await ask(url, { target: "http://example.org/-/healthy" })).status, 200);
    assert.is((await ask(url, { target: "HTTP://example.org:1/-/healthy?x" })).status, 200);
    assert.match((await ask(url, { target: "http://example.org" })).text, /^<!DOCTYPE html>/);
    assert.is((await ask(url, { target: "http://example.org?/-/healthy" })).status, 200);
    assert.is((await ask(url, { target: "ftp://example.org/metrics" })).status, 404);
    assert.is((await ask(url, { target: "*", method: "OPTIONS" })).status, 404);
  });
});

test("nothing of a request reaches the command", async () => {
  const free = `printf '%s\\n' "$@" > "$HOME/seen"; cat /proc/$$/environ >> "$HOME/seen"; ${PRINT_FREE}`;
  await withPrograms({ free }, (env, folder) =>
    withExporter({ env: { ...env, HOME: folder } }, async ({ url }) => {
      const headers = {
        "X-Secret": "sesame",
        Cookie: "sesame=1",
        "User-Agent": "sesame",
        Authorization: "Basic c2VzYW1l",
      };
      await until("the first run", () => existsSync(join(folder, "seen")));
      const { status } = await ask(`${url}/metrics?sesame=1&target=sesame&free=sesame&collect[]=free`, { headers });
      assert.is(status, 200);
      const seen = readFileSync(join(folder, "seen"), "latin1");
      assert.match(seen, /^-b\n-w\n/);
      assert.not.match(seen, /sesame|QUERY|REMOTE|HTTP/i);
    }),
  );
});

test("what is no HTTP is refused, and others are served", async () => {
  await withExporter({}, async ({ url }) => {
    const port = Number(new URL(url).port);
    for (const sent of ["\x16\x03\x01\x02\x00\x01", "GET /metrics HTTP/9.9\r\n\r\n", "GET / HTTP/1.1\r\n\r\n"]) {
      const socket = connect(port, "127.0.0.1");
      const received = collect(socket);
      const closed = new Promise((resolve) => socket.once("close", resolve));
      socket.on("error", () => {});
      socket.write(sent);
      await closed;
      assert.not.match(received(), / 200 /, JSON.stringify(sent));
    }
    assert.match(await scrape(url), /^memory_up 1$/m);
  });
});

test.run();
