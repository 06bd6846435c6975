import { type Html, html } from "./html.ts";

/** What all pages with a style sheet are framed by. */
export type Frame = {
  readonly title: string;
  /** The way from this page to `/`, so that a proxy's prefix stays: `./`, `../`. */
  readonly home: string;
  /** Whether the script that keeps the live page up to date is loaded. */
  readonly isLive?: boolean;
  readonly body: Html;
};

/** Below `/-/`, where no telemetry path can be. */
export const ASSETS = "/-/assets/";

/** What the first script imports: loaded with it, not after it. */
const SCRIPTS = ["charts.js", "morph.js", "scales.js", "units.js", "uplot.js"];

/** Two bars, as an image in the address itself. */
const ICON =
  "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Crect width='16' height='16' rx='4' fill='%231f5fa8'/%3E%3Cpath d='M4 12V7h3v5zM9 12V4h3v8z' fill='%23fff'/%3E%3C/svg%3E";

/** A whole page. */
export function documentOf({ title, home, isLive = false, body }: Frame): string {
  const assets = `${home.replace(/\/$/, "")}${ASSETS}`;
  const scripts = isLive ? SCRIPTS.map((name) => html`\n<link rel="modulepreload" href="${assets}${name}">`) : [];
  const script = isLive ? html`\n<script type="module" src="${assets}page.js"></script>` : undefined;
  return html`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<link rel="icon" href="${ICON}">
<link rel="stylesheet" href="${assets}page.css">${scripts}${script}
</head>
<body>
${body}
</body>
</html>
`.html;
}
