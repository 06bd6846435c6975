import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { run, sampleOf, withExporter } from "../exporter.ts";
import { affordable } from "../forms.ts";
import { ask } from "../http.ts";
import { PRINT_FREE, withFolder, withPrograms } from "../stand_in.ts";

/** Status, and where a redirect leads. */
async function statusOf(url: string, path: string): Promise<string> {
  const { status, headers } = await ask(`${url}${path}`);
  return headers.location === undefined ? `${status}` : `${status} ${headers.location}`;
}

/** Flags that put everything below /memory; every form has the first. */
const BELOW_MEMORY = [
  ["--web.route-prefix=/memory"],
  ["--web.route-prefix=memory/"],
  ["--web.external-url=https://example.org/memory/"],
  ["--web.external-url=/memory"],
  ["--web.external-url=https://example.org/other", "--web.route-prefix=/memory"],
];

for (const args of affordable(BELOW_MEMORY, 1)) {
  test(`${args.join(" ")}: everything is below /memory, and / leads there`, async () => {
    await withPrograms({ free: PRINT_FREE }, (env) =>
      withExporter({ env, args }, async ({ url }) => {
        for (const path of ["/", "/metrics", "/-/healthy", "/discovery", "/probe?command=free"]) {
          assert.is(await statusOf(url, `/memory${path}`), "200", path);
        }
        assert.is(await statusOf(url, "/"), "302 /memory/");
        assert.is(await statusOf(url, "/memory"), "302 /memory/");
        for (const path of ["/metrics", "/-/healthy", "/memoryx", "/memory/memory/"]) {
          assert.is(await statusOf(url, path), "404", path);
        }
        const page = (await ask(`${url}/memory/metrics`)).text;
        const labels = 'client_type="other",endpoint="/-/healthy",method="GET",response_code="200"';
        assert.is(sampleOf(page, `memory_exporter_http_request_duration_seconds_count{${labels}}`), 1);
        const [target] = JSON.parse((await ask(`${url}/memory/discovery`)).text);
        assert.equal([target.labels.__scheme__, target.labels.__metrics_path__], ["http", "/memory/probe"]);
      }),
    );
  });
}

test("--web.route-prefix=/ beside an external URL serves without the prefix: the proxy takes it away", async () => {
  const args = ["--web.external-url=https://example.org/memory", "--web.route-prefix=/"];
  await withPrograms({ free: PRINT_FREE }, (env) =>
    withExporter({ env, args }, async ({ url }) => {
      assert.is(await statusOf(url, "/metrics"), "200");
      assert.is(await statusOf(url, "/memory/metrics"), "404");
      const { text } = await ask(`${url}/discovery`, { headers: { Host: "example.org" } });
      const [{ targets, labels }] = JSON.parse(text);
      assert.equal([targets, labels.__scheme__, labels.__metrics_path__], [["example.org"], "https", "/memory/probe"]);
    }),
  );
});

test("--web.health-without-auth frees the health paths below the prefix, and no others", async () => {
  await withFolder(async (folder) => {
    const file = join(folder, "web.yml");
    // A bcrypt hash of cost 4 that no request here knows the password of.
    writeFileSync(file, "basic_auth_users: {alice: $2y$04$5yyRDNuFRZT0mEBpJ0QkYuQyo7Yb5p1dA6mDkTz6v5cJXxkI0X6Ke}\n");
    const args = [`--web.config.file=${file}`, "--web.health-without-auth", "--web.route-prefix=/memory"];
    await withPrograms({ free: PRINT_FREE }, (env) =>
      withExporter({ env, args }, async ({ url }) => {
        for (const [path, status] of [
          ["/memory/-/healthy", "200"],
          ["/-/healthy", "401"],
          ["/memory/metrics", "401"],
          ["/memory/", "401"],
          ["/", "401"],
        ] as const) {
          assert.is(await statusOf(url, path), status, path);
        }
      }),
    );
  });
});

const REFUSED = [
  "--web.external-url=example.org/x",
  "--web.route-prefix=/a/../b",
  "--web.external-url=ftp://example.org",
  "--web.external-url=https://user@example.org/",
  "--web.external-url=https://example.org/?q",
  "--web.external-url=https://example.org:port/",
  "--web.external-url='https://example.org'",
  "--web.route-prefix=/a b",
  "--web.route-prefix=/%61",
];

test("what is no URL or prefix is refused", async () => {
  for (const flag of affordable(REFUSED, 2)) {
    const { code, stderr } = await run({ args: [flag] });
    assert.is(code, 1, flag);
    assert.match(
      stderr,
      /^memory_exporter: error: --web\.(external-url|route-prefix): found .*, wanted [^\n]*\n$/,
      flag,
    );
  }
});

test.run();
