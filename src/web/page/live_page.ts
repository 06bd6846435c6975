import { clock } from "./browser/units.js";
import { chartSection, defaultRange, RANGES, type Range } from "./chart_section.ts";
import type { Chart, Charts } from "./charts.ts";
import { commandsTable } from "./commands_table.ts";
import { documentOf } from "./document.ts";
import { figureCards } from "./figure_cards.ts";
import { type Html, html } from "./html.ts";
import { metricsTable, type Past, programsTable } from "./metrics_table.ts";
import type { Snapshot } from "./snapshot.ts";
import { banner, statusPill } from "./status.ts";

export type LivePage = {
  readonly host: string;
  readonly version: string;
  readonly namespace: string;
  readonly telemetryPath: string;
  /** Whether /debug/ is served. */
  readonly debug: boolean;
};

/** The page at `/`. It is complete without the script. */
export function livePage(snapshot: Snapshot, asked: Range | undefined, history: Past, options: LivePage): string {
  const { host, version, namespace } = options;
  const range = asked ?? defaultRange(snapshot.charts, snapshot.time);
  const span = { history, seconds: RANGES[range].seconds };
  const charts = Object.entries(snapshot.charts) as [keyof Charts, Chart][];
  return documentOf({
    title: `${host}: memory`,
    home: "./",
    isLive: true,
    body: html`<header class="top">
<div><p class="product">memory_exporter</p><h1>${host}</h1></div>
${statusPill(snapshot)}
</header>
<p id="lost" role="alert"></p>
<main id="live" data-pace="${snapshot.paceMs}">
${banner(snapshot)}
${figureCards(snapshot)}
${charts.length > 0 ? rangeLinks(range) : undefined}
<div class="charts" id="charts">${charts.map(([id, chart]) => chartSection(id, chart, range, snapshot.time))}</div>
${programsTable(snapshot, span)}
${commandsTable(snapshot.commands, snapshot.time)}
${metricsTable(snapshot, span, namespace)}
</main>
<footer>
${links(options)}
<p>memory_exporter ${version}</p>
<p id="taken">As of <time datetime="${new Date(snapshot.time * 1000).toISOString()}">${clock(snapshot.time)} UTC</time>.<noscript> Reload the page for newer figures.</noscript></p>
</footer>`,
  });
}

/** Links, since they work without the script. */
function rangeLinks(range: Range): Html {
  const items = Object.entries(RANGES).map(([key, { label }]) => {
    const current = key === range ? html` aria-current="true"` : undefined;
    return html`<a href="?range=${key}" data-range="${key}"${current}>${label}</a>`;
  });
  return html`<nav class="ranges" id="ranges" aria-label="Time range of the charts">${items}</nav>`;
}

function links({ telemetryPath, debug }: LivePage): Html {
  const items = [
    [`.${telemetryPath}`, "Metrics"],
    ["./-/healthy", "Health"],
    ["./-/ready", "Readiness"],
    ["./api/v1/live", "JSON"],
    ...(debug ? [["./debug/", "Debug"] as const] : []),
  ] as const;
  return html`<nav aria-label="Pages"><ul class="links">${items.map(([href, text]) => html`<li><a href="${href}">${text}</a></li>`)}</ul></nav>`;
}
