import { type Html, html } from "./html.ts";

/** Parts of a page with the style sheet. */
export type Frame = {
  readonly title: string;
  /** Relative path from this page to `/`: `./`, `../`. It keeps the path prefix of a proxy. */
  readonly home: string;
  /** Whether the script that updates the live page is loaded. */
  readonly isLive?: boolean;
  readonly body: Html;
};

/** Below `/-/`, which a telemetry path can't be. */
export const ASSETS = "/-/assets/";

/** Modules that the script imports. They are preloaded. */
const SCRIPTS = ["charts.js", "morph.js", "scales.js", "units.js", "uplot.js"];

/** The icon as a data URL: two bars. */
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
