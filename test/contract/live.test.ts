import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { hashSync } from "bcryptjs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { type RunOptions, sampleOf, withExporter } from "../exporter.ts";
import { ask, scrape } from "../http.ts";
import { PRINT_FREE, until, withFolder, withPrograms } from "../stand_in.ts";

const TOTAL = 25_276_510_208;

/** An exporter whose first run has ended. */
function withReady(options: RunOptions, use: (url: string) => Promise<void>): Promise<void> {
  return withExporter(options, async ({ url }) => {
    await until("ready", async () => (await ask(`${url}/-/ready`)).status === 200);
    await use(url);
  });
}

/** The paths of a page's links, scripts and style sheets. */
function linksOf(page: string): string[] {
  return [...page.matchAll(/(?:href|src)="(\.[^"]*)"/g)].map(([, link = ""]) => link);
}

test("the page is whole without a script, and all that it refers to is there, below a prefix too", async () => {
  await withPrograms({ free: PRINT_FREE }, async (env) => {
    const args = ["--web.route-prefix=/memory", "--web.enable-debug"];
    await withReadyBelow("/memory", { env, args }, async (url) => {
      const { status, headers, text } = await ask(`${url}/`);
      assert.equal([status, headers["cache-control"]], [200, "no-store"]);
      assert.match(
        String(headers["content-security-policy"]),
        /^default-src 'none'; script-src 'self'; style-src 'self';/,
      );
      assert.match(text, /<h2>Available<\/h2>\n<p class="value"><data value="\d+" title="[\d,]+ bytes">/);
      assert.match(text, /<code>free -b -w<\/code>/);
      for (const link of linksOf(text)) {
        const got = await ask(new URL(link, `${url}/`).href);
        assert.equal([link, got.status], [link, 200]);
      }
    });
  });
});

function withReadyBelow(prefix: string, options: RunOptions, use: (url: string) => Promise<void>): Promise<void> {
  return withExporter(options, async ({ url }) => {
    await until("ready", async () => (await ask(`${url}${prefix}/-/ready`)).status === 200);
    await use(url + prefix);
  });
}

test("page, scripts and style together have at most 60 KB, compressed", async () => {
  await withPrograms({ free: PRINT_FREE }, (env) =>
    withReady({ env }, async (url) => {
      const headers = { "Accept-Encoding": "gzip" };
      const page = (await ask(`${url}/`)).text;
      const files = linksOf(page).filter((link) => link.includes("/-/assets/"));
      let bytes = 0;
      for (const link of new Set(["./", ...files])) {
        const got = await ask(new URL(link, `${url}/`).href, { headers });
        assert.is(got.headers["content-encoding"], "gzip", link);
        bytes += Number(got.headers["content-length"]);
      }
      assert.ok(bytes <= 60_000, `${bytes} bytes`);
    }),
  );
});

test("the JSON has the metrics of the commands, and the history of all scrapes", async () => {
  await withPrograms({ free: PRINT_FREE }, (env) =>
    withReady({ env }, async (url) => {
      await scrape(url);
      const { status, headers, text } = await ask(`${url}/api/v1/live`);
      assert.equal([status, headers["content-type"]], [200, "application/json"]);
      const { up, figures, commands, charts } = JSON.parse(text);
      assert.equal([up, figures.total, commands[0].outcome], [true, TOTAL, "ok"]);
      assert.is(charts.memory.total.at(-1), TOTAL);
      const later = JSON.parse((await ask(`${url}/api/v1/live?since=${charts.memory.time.at(-1) + 1000}`)).text);
      assert.equal(later.charts.memory.time, []);
      const bad = await ask(`${url}/api/v1/live?since=now`);
      assert.equal([bad.status, bad.text], [400, 'since: found "now", wanted seconds since 1970\n']);
      const { status: refused, headers: allowed } = await ask(`${url}/api/v1/live`, { method: "POST" });
      assert.equal([refused, allowed.allow], [405, "GET, HEAD"]);
    }),
  );
});

test("many concurrent viewers make a command run once, and failures are shown", async () => {
  const free = 'echo run >> "$HOME/runs"; exit 3';
  await withPrograms({ free }, (env, HOME) =>
    withReady({ env: { ...env, HOME }, args: ["--command=free -b"] }, async (url) => {
      const pages = await Promise.all(Array.from({ length: 20 }, () => ask(`${url}/`)));
      for (const { text } of pages) assert.match(text, /<strong>free fails since .*<\/strong> exit status 3/);
      const runs = sampleOf(await scrape(url), 'memory_exporter_command_runs_total{command="free",outcome="exit"}');
      // test/web/page/snapshot.test.ts checks the exact number; a slow machine takes longer than a snapshot is used.
      assert.ok(runs !== undefined && runs < pages.length, `${runs} runs`);
    }),
  );
});

test("it asks for the same credentials as the metrics", async () => {
  await withFolder(async (folder) => {
    const file = join(folder, "web.yml");
    writeFileSync(file, `basic_auth_users:\n  prometheus: ${hashSync("secret", 4)}\n`);
    const authorization = `Basic ${Buffer.from("prometheus:secret").toString("base64")}`;
    await withPrograms({ free: PRINT_FREE }, (env) =>
      withExporter({ env, args: [`--web.config.file=${file}`] }, async ({ url }) => {
        for (const path of ["/", "/api/v1/live", "/-/assets/page.js"]) {
          assert.equal([path, (await ask(`${url}${path}`)).status], [path, 401]);
          assert.equal([path, (await ask(`${url}${path}`, { headers: { authorization } })).status], [path, 200]);
        }
      }),
    );
  });
});

test("without the live page there is the plain one, and nothing else of it", async () => {
  await withPrograms({ free: PRINT_FREE }, (env) =>
    withReady({ env, args: ["--web.disable-live-page"] }, async (url) => {
      const { text, headers } = await ask(`${url}/`);
      assert.match(text, /<a href="\.\/metrics">Metrics<\/a>/);
      assert.not.match(text, /<script|assets/);
      assert.match(String(headers["content-security-policy"]), /^default-src 'none'; style-src 'unsafe-inline';/);
      for (const path of ["/api/v1/live", "/-/assets/page.css"])
        assert.is((await ask(`${url}${path}`)).status, 404, path);
    }),
  );
});

test("a script that is sent compressed is the one that is sent plain", async () => {
  await withExporter({}, async ({ url }) => {
    const plain = await fetch(`${url}/-/assets/page.js`, { headers: { "Accept-Encoding": "identity" } });
    assert.is(plain.headers.get("content-encoding"), null);
    const small = await ask(`${url}/-/assets/page.js`, { headers: { "Accept-Encoding": "gzip" } });
    assert.is(small.headers["content-encoding"], "gzip");
    assert.match(await plain.text(), /drawCharts|import/);
  });
});

test.run();
