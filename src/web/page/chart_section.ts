import { tickLabel } from "./browser/scales.js";
import { clock } from "./browser/units.js";
import { type Chart, type Charts, type Row, rowsSince } from "./charts.ts";
import { DRAWINGS, type Drawing, lineOf } from "./drawings.ts";
import { type Html, html, NO_VALUE } from "./html.ts";
import { picture } from "./svg.ts";

/** Time ranges of the charts. */
export const RANGES = {
  "15m": { seconds: 15 * 60, label: "15 min", name: "15 minutes" },
  "1h": { seconds: 60 * 60, label: "1 h", name: "hour" },
  "6h": { seconds: 6 * 60 * 60, label: "6 h", name: "6 hours" },
} as const;
export type Range = keyof typeof RANGES;

/** The range that is shown unless one is asked for: an hour, or less as long as the history is that short. */
export function defaultRange(charts: Charts, now: number): Range {
  const first = Math.min(...Object.values(charts).map(({ rows }) => rows[0]?.time ?? now));
  return now - first <= RANGES["15m"].seconds ? "15m" : "1h";
}

const MAX_POINTS = 240;
const TABLE_ROWS = 16;

/** A chart with its legend and a table of its values. The script replaces the picture. */
export function chartSection(id: keyof Charts, chart: Chart, range: Range, now: number): Html {
  const drawing = DRAWINGS[id];
  const since = now - RANGES[range].seconds;
  const columns = Object.keys(drawing.labels).filter((column) =>
    chart.rows.some(({ values }) => values[column] !== undefined),
  );
  const all = rowsSince(chart, since, Number.POSITIVE_INFINITY);
  const last = all.at(-1);
  return html`<section class="card chart" id="${id}" aria-labelledby="${id}-title">
<h2 id="${id}-title">${drawing.title}</h2>
<p class="about">${drawing.about}</p>
${plot(id, rowsSince(chart, since, MAX_POINTS), since, now, `${drawing.title} over the last ${RANGES[range].name}. The figures are in the table below.`)}
<ul class="legend"><li class="when">Latest</li>${columns.map((column) => legendItem(column, drawing, last))}</ul>
<details><summary>${drawing.title} as a table</summary>
${table(drawing, columns, everyNth(all))}
</details>
</section>`;
}

function plot(id: keyof Charts, rows: readonly Row[], since: number, now: number, label: string): Html {
  const drawing = DRAWINGS[id];
  const most = drawing.most(rows);
  const ticks = drawing.ticks(most);
  const lines = drawing.lines.map((name) => lineOf(name, rows));
  const heights = ticks.map(
    (tick) =>
      html`<text x="52" y="${Math.round(1000 - (tick / most) * 1000) / 10}%">${tickLabel(drawing.short, tick)}</text>`,
  );
  const minutes = Math.round((now - since) / 60);
  const ago = (part: number) => (minutes >= 120 ? `${(minutes * part) / 60} h ago` : `${minutes * part} min ago`);
  return html`<div class="plot" data-chart="${id}" role="img" aria-label="${label}" tabindex="0">
<svg class="heights" aria-hidden="true">${heights}</svg>
${picture({ since, until: now, most }, drawing.bands(rows), lines, ticks)}
<p class="times" aria-hidden="true"><span>${ago(1)}</span><span>${ago(0.5)}</span><span>now</span></p>
</div>`;
}

function legendItem(column: string, { labels, short, exact, exactUnit }: Drawing, last: Row | undefined): Html {
  const value = last?.values[column];
  const figure =
    value === undefined
      ? NO_VALUE
      : html`<data value="${value}" title="${exact(value)} ${exactUnit}">${short(value)}</data>`;
  return html`<li data-column="${column}"><span class="swatch ${column}"></span>${labels[column]} <span class="now">${figure}</span></li>`;
}

/** A subset of the rows that includes the last one. */
function everyNth(rows: readonly Row[]): readonly Row[] {
  const withValues = rows.filter(({ values }) => Object.keys(values).length > 0).toReversed();
  const step = Math.ceil(withValues.length / TABLE_ROWS);
  return withValues.filter((_, index) => index % step === 0);
}

function table({ title, labels, exact, exactUnit }: Drawing, columns: readonly string[], rows: readonly Row[]): Html {
  const heads = columns.map((column) => html`<th scope="col">${labels[column]}</th>`);
  const body = rows.map(({ time, values }) => {
    const cells = columns.map((column) => {
      const value = values[column];
      return html`<td>${value === undefined ? "–" : exact(value)}</td>`;
    });
    return html`<tr><th scope="row"><time datetime="${new Date(time * 1000).toISOString()}">${clock(time)}</time></th>${cells}</tr>`;
  });
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${title} as a table"><table class="figures-table">
<caption>In ${exactUnit}, the latest first</caption>
<thead><tr><th scope="col">Time (UTC)</th>${heads}</tr></thead>
<tbody>${body}</tbody>
</table></div>`;
}
