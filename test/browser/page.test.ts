import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { hashSync } from "bcryptjs";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { withExporter } from "../exporter.ts";
import { printed } from "../gather/fakes.ts";
import { ask } from "../http.ts";
import { PRINT_FREE, until, withFolder, withPrograms } from "../stand_in.ts";
import { needs } from "../tools.ts";
import { CHROMIUM, drawn, openBrowser, shoot, violationsOf, withPage } from "./browser.ts";
import { FAILS, withScene } from "./scene.ts";

/** The live page as one uses it, in one browser for all. Whatever a page does, nothing leaves its origin or breaks its policy. */

const browse = needs(CHROMIUM, "--version") ? test : test.skip;
const PHONE = { viewport: { width: 360, height: 800 } };
const LOOKS: Readonly<Record<string, BrowserContextOptions>> = {
  desktop: {},
  dark: { colorScheme: "dark" },
  phone: PHONE,
  "phone-dark": { ...PHONE, colorScheme: "dark" },
};

let opened: Promise<Browser> | undefined;
/** The browser, which is started when the first test wants it. */
function browser(): Promise<Browser> {
  opened ??= openBrowser();
  return opened;
}
test.after(async () => (await opened)?.close());

/** How much wider a page is than the window. */
const overflow = (page: Page) => page.evaluate<number>("document.documentElement.scrollWidth - innerWidth");
/** The text of an element, with plain spaces. */
const textOf = async (page: Page, selector: string) =>
  ((await page.textContent(selector)) ?? "").replaceAll("\u00a0", " ").replace(/\s+/g, " ").trim();
/** Waits until the text of an element matches, however many updates that takes. */
const shows = (page: Page, selector: string, hasText: RegExp) => page.locator(selector, { hasText }).first().waitFor();

for (const [name, options] of Object.entries(LOOKS)) {
  browse(`${name}: six hours are drawn, nothing is wrong with it, and axe finds nothing`, async () => {
    await withScene({ others: { backup: FAILS } }, async (url) => {
      await withPage(await browser(), `${url}?range=6h`, options, async ({ page, faults }) => {
        await drawn(page);
        assert.is(await page.locator(".uplot canvas").count(), 3);
        assert.match(await textOf(page, "#banner"), /^backup fails since .* UTC, for .*: exit status 3$/);
        await shoot(page, `live-${name}`);
        assert.equal([await overflow(page), faults], [0, []]);
      });
      assert.equal(await violationsOf(await browser(), `${url}?range=6h`, options), []);
    });
  });
}

browse("every chart has a table, and pointer and arrow keys tell what was at a time", async () => {
  await withScene({}, async (url) =>
    withPage(await browser(), url, {}, async ({ page, faults }) => {
      await drawn(page);
      for (const id of ["memory", "swap", "pressure"]) {
        assert.ok((await page.locator(`#${id} table tbody tr`).count()) > 10, id);
        const plot = page.locator(`#${id} .plot`);
        await plot.focus();
        await page.keyboard.press("ArrowLeft");
        await page.keyboard.press("ArrowLeft");
        assert.match(await textOf(page, `#${id} .when`), /\d+:\d\d:\d\d/);
        await page.keyboard.press("Tab");
        assert.is(await textOf(page, `#${id} .when`), "Latest");
        await plot.hover();
        await shows(page, `#${id} .when`, /\d+:\d\d:\d\d/);
      }
      assert.equal(faults, []);
    }),
  );
});

browse("the keyboard reaches all that can be used, and goes to another range without another page", async () => {
  await withScene({}, async (url) =>
    withPage(await browser(), url, {}, async ({ page, faults }) => {
      await drawn(page);
      const wanted = await page.evaluate<number>(
        "[...document.querySelectorAll('a, summary, [tabindex]')].filter((one) => one.checkVisibility()).length",
      );
      await page.evaluate("globalThis.sameDocument = true; globalThis.reached = new Set()");
      for (let press = 0; press < wanted + 2; press += 1) {
        await page.keyboard.press("Tab");
        await page.evaluate("globalThis.reached.add(document.activeElement)");
      }
      // The body, where the focus begins anew, may be among them.
      assert.ok((await page.evaluate<number>("reached.size")) >= wanted, `${wanted}`);
      await page.locator("a[data-range='6h']").focus();
      await page.keyboard.press("Enter");
      await page.waitForURL(/\?range=6h$/);
      assert.is(await page.locator("a[aria-current]").textContent(), "6 h");
      assert.equal([await page.evaluate("globalThis.sameDocument"), faults], [true, []]);
    }),
  );
});

browse("an update keeps the focus and what is open, and takes away what is no more", async () => {
  const others: Record<string, ReturnType<typeof printed>> = { backup: FAILS };
  await withScene({ others }, async (url) =>
    withPage(await browser(), url, {}, async ({ page, faults }) => {
      await drawn(page);
      await page.locator("#memory summary").click();
      await page.evaluate("globalThis.canvas = document.querySelector('#memory canvas')");
      others.backup = printed("5\n");
      await shows(page, "#status", /^Up$/);
      assert.is(await textOf(page, "#banner"), "");
      assert.is(await page.evaluate("document.activeElement.textContent"), "Memory as a table");
      assert.ok(await page.locator("#memory details[open] table").isVisible());
      assert.ok(await page.evaluate("canvas.isConnected"), "the chart is the same");
      assert.equal(faults, []);
    }),
  );
});

browse("without a script there are figures, pictures, tables and ranges", async () => {
  await withScene({ others: { backup: FAILS } }, async (url) =>
    withPage(await browser(), url, { javaScriptEnabled: false }, async ({ page, faults }) => {
      await shoot(page, "live-no-script");
      assert.match(await textOf(page, ".figure.available .value"), /^39\.5 GiB$/);
      assert.ok(await page.locator("#memory .picture .area.used").isVisible());
      await page.locator("#memory summary").click();
      assert.ok(await page.locator("#memory table").isVisible());
      await page.locator("a[data-range='6h']").click();
      assert.is(await page.locator("a[aria-current]").textContent(), "6 h");
      assert.match(await textOf(page, "#taken"), /Reload the page for newer figures\.$/);
      assert.equal(faults, []);
    }),
  );
});

browse("on paper there is no navigation and no dark background, and with reduced motion nothing moves", async () => {
  await withScene({}, async (url) =>
    withPage(await browser(), url, { colorScheme: "light" }, async ({ page, faults }) => {
      await drawn(page);
      assert.is(await page.evaluate("getComputedStyle(document.querySelector('.ranges a')).transitionDuration"), "0s");
      assert.is(await page.evaluate("document.getAnimations().length"), 0);
      await page.emulateMedia({ media: "print" });
      assert.is(await page.locator(".ranges").isVisible(), false);
      await shoot(page, "live-print");
      assert.equal(faults, []);
    }),
  );
});

browse("64 commands and none at all have a page", async () => {
  const others = Object.fromEntries(
    Array.from({ length: 60 }, (_, i) => [`command_${i}`, i % 9 === 4 ? FAILS : printed("5\n")]),
  );
  await withScene({ others }, async (url) => {
    await withPage(await browser(), url, PHONE, async ({ page, faults }) => {
      await drawn(page);
      assert.is(await page.locator("#commands tbody tr").count(), 64);
      assert.match(await textOf(page, "#banner .more"), /^4 more$/);
      await shoot(page, "live-64-commands");
      assert.equal([await overflow(page), faults], [0, []]);
    });
    assert.equal(await violationsOf(await browser(), url, PHONE), []);
  });
  await withScene({ sources: [], hours: 0 }, async (url) => {
    await withPage(await browser(), url, {}, async ({ page, faults }) => {
      assert.equal([await textOf(page, "#status"), faults], ["No commands", []]);
      await shoot(page, "live-no-commands");
    });
    assert.equal(await violationsOf(await browser(), url, {}), []);
  });
});

browse("the debug pages look the same, fit a phone, and axe finds nothing", async () => {
  await withScene({ others: { backup: FAILS } }, async (url) => {
    for (const path of ["debug/", "debug/commands", "debug/pprof/"]) {
      await withPage(await browser(), url + path, PHONE, async ({ page, faults }) => {
        await shoot(page, path.replace(/\/$/, "").replaceAll("/", "-"));
        assert.equal([path, await overflow(page), faults], [path, 0, []]);
      });
      assert.equal(await violationsOf(await browser(), url + path, PHONE), []);
    }
  });
});

browse("the executable's page works below a prefix and with a password", async () => {
  await withFolder(async (folder) => {
    const file = join(folder, "web.yml");
    writeFileSync(file, `basic_auth_users:\n  prometheus: ${hashSync("secret", 4)}\n`);
    const args = [`--web.config.file=${file}`, "--web.route-prefix=/memory", "--web.health-without-auth"];
    const httpCredentials = { username: "prometheus", password: "secret" };
    await withPrograms({ free: PRINT_FREE }, (env) =>
      withExporter({ env, args }, async ({ url }) => {
        await until("ready", async () => (await ask(`${url}/memory/-/ready`)).status === 200);
        await withPage(await browser(), `${url}/memory/`, { httpCredentials }, async ({ page, faults }) => {
          await drawn(page);
          assert.ok(await page.locator("#memory canvas").isVisible());
          assert.match(await textOf(page, ".figure.available .about"), /of 23\.5 GiB$/);
          // The first answer to a browser, which has no credentials yet, is 401.
          assert.equal(
            faults.filter((fault) => !fault.includes("401")),
            [],
          );
        });
      }),
    );
  });
});

browse("a command that fails, hangs and recovers is seen to do so, and so is the exporter's end", async () => {
  const free = `if [ -d "$HOME/hang" ]; then sleep 1000; fi; if [ -d "$HOME/fail" ]; then exit 3; fi; ${PRINT_FREE}`;
  await withPrograms({ free }, (env, HOME) =>
    withExporter(
      { env: { ...env, HOME }, args: ["--command=free -b -w", "--command.timeout=10s"] },
      async ({ url, kill, ended }) => {
        await withPage(await browser(), `${url}/`, {}, async ({ page }) => {
          await shows(page, "#status", /^Up$/);
          mkdirSync(join(HOME, "fail"));
          await shows(page, "#status", /^Failing$/);
          await shows(page, "#banner", /^free fails since .*exit status 3/);
          mkdirSync(join(HOME, "hang"));
          await shows(page, "#commands", /running for/);
          await shows(page, "#banner", /did not end within 10\.000 s/);
          rmSync(join(HOME, "fail"), { recursive: true });
          rmSync(join(HOME, "hang"), { recursive: true });
          await shows(page, "#status", /^Up$/);
          assert.match(await textOf(page, "#commands .error"), /did not end within/);
          kill("SIGTERM");
          await ended;
          await shows(page, "#lost", /doesn't answer|Failed to fetch/);
        });
      },
    ),
  );
});

test.run();
