import { mkdirSync } from "node:fs";
import { join } from "node:path";
import axe from "axe-core";
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from "playwright-core";

export const CHROMIUM = "/usr/bin/chromium";
const FLAGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
/** A guard against what never comes. */
const LIMIT_MS = 180_000;

const SHOTS = join(import.meta.dirname, "../../dist/screenshots");

/** Starts Debian's Chromium; nothing is downloaded. */
export function openBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: CHROMIUM, args: FLAGS, timeout: LIMIT_MS });
}

/** A page and what has gone wrong on it: errors, violations of the policy, requests that leave the origin. */
export type Viewed = { readonly page: Page; readonly context: BrowserContext; readonly faults: string[] };

/** Opens an address as somebody would, and closes it after its use. */
export async function withPage<T>(
  browser: Browser,
  url: string,
  options: BrowserContextOptions,
  use: (viewed: Viewed) => Promise<T>,
): Promise<T> {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 900 },
    reducedMotion: "reduce",
    ...options,
  });
  context.setDefaultTimeout(LIMIT_MS);
  const page = await context.newPage();
  const faults: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") faults.push(message.text());
  });
  page.on("pageerror", (error) => faults.push(error.message));
  page.on("request", (request) => {
    const to = request.url();
    if (!to.startsWith(new URL(url).origin) && !to.startsWith("data:")) faults.push(`asks ${to}`);
  });
  try {
    await page.goto(url, { waitUntil: "load" });
    return await use({ page, context, faults });
  } finally {
    await context.close();
  }
}

/** Puts a picture of the whole page into dist/screenshots. */
export async function shoot(page: Page, name: string): Promise<void> {
  mkdirSync(SHOTS, { recursive: true });
  await page.screenshot({ path: join(SHOTS, `${name}.png`), fullPage: true, animations: "disabled" });
}

/** What axe finds wrong with a page, each in a line. It runs in a page of its own, whose policy lets it in. */
export function violationsOf(browser: Browser, url: string, options: BrowserContextOptions): Promise<string[]> {
  return withPage(browser, url, { ...options, bypassCSP: true }, async ({ page }) => {
    await drawn(page);
    await page.evaluate(axe.source);
    const { violations } = await page.evaluate(() => (globalThis as unknown as { axe: typeof axe }).axe.run());
    return violations.flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id}: ${target.join(" ")}: ${failureSummary}`),
    );
  });
}

/** Waits until every chart of a page is drawn by the script. */
export async function drawn(page: Page): Promise<void> {
  await page.locator("[data-chart]:not(:has(canvas))").first().waitFor({ state: "detached" });
}
