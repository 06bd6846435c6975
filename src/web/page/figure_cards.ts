import { bytes, exact, percent, whole } from "./browser/units.js";
import { type Chart, rowsSince } from "./charts.ts";
import { type Html, html } from "./html.ts";
import type { Snapshot } from "./snapshot.ts";
import { sparkline } from "./svg.ts";

/** Cards with the current values, their ratio of the total, and their trend. */

const TREND_SECONDS = 15 * 60;
/** Range of the sparkline. */
const SPARK_SECONDS = 60 * 60;
const SPARK_POINTS = 60;

type Card = {
  readonly name: string;
  readonly value: Html;
  readonly about: string;
  readonly chart: Chart | undefined;
  readonly column: string;
  /** Formats a difference. */
  readonly unit: (value: number) => string;
  /** Differences up to this one count as steady. */
  readonly steady: number;
};

/** Cards for available memory, used memory, swap and pressure, as far as they are known. */
export function figureCards(snapshot: Snapshot): Html {
  const { figures, charts, time } = snapshot;
  const { total, available, used, swap_total: swapTotal, swap_used: swapUsed } = figures;
  const memory = { chart: charts.memory, unit: bytes, steady: (total ?? 0) / 1000 };
  const cards: Card[] = [];
  if (available !== undefined)
    cards.push({
      name: "Available",
      value: inBytes(available),
      about: ofTotal(available, total),
      ...memory,
      column: "available",
    });
  if (used !== undefined)
    cards.push({ name: "Used", value: inBytes(used), about: ofTotal(used, total), ...memory, column: "used" });
  const swap = {
    name: "Swap used",
    chart: charts.memory,
    column: "swap_used",
    unit: bytes,
    steady: (swapTotal ?? 0) / 1000,
  };
  if (swapTotal === 0) cards.push({ ...swap, value: html`None`, about: "no swap space", chart: undefined });
  else if (swapUsed !== undefined)
    cards.push({ ...swap, value: inBytes(swapUsed), about: ofTotal(swapUsed, swapTotal) });
  const waiting = snapshot.waiting ?? lastOf(charts.pressure, "waiting");
  const stalled = snapshot.stalled ?? lastOf(charts.pressure, "stalled");
  if (waiting !== undefined)
    cards.push({
      name: "Pressure",
      value: html`<data value="${waiting}">${percent(waiting)}</data>`,
      about: stalled === undefined ? "some task waits" : `some task waits; all wait ${percent(stalled)}`,
      chart: charts.pressure,
      column: "waiting",
      unit: percent,
      steady: 0.001,
    });
  if (cards.length === 0) return html`<div id="figures"></div>`;
  return html`<section id="figures" class="figures" aria-label="Memory now">${cards.map((card) => cardHtml(card, time))}</section>`;
}

function cardHtml(card: Card, now: number): Html {
  const { name, value, about, chart, column } = card;
  const rows = chart ? rowsSince(chart, now - SPARK_SECONDS, SPARK_POINTS) : [];
  const isDrawn = rows.filter(({ values }) => values[column] !== undefined).length > 1;
  const line = isDrawn ? sparkline(rows, column, now - SPARK_SECONDS, now) : html`<span class="spark"></span>`;
  return html`<div class="card figure ${column}">
<h2>${name}</h2>
<p class="value">${value}</p>
<p class="about">${about}</p>
<p class="trend">${trendOf(card, now)}</p>
${line}
</div>`;
}

/** `▲ up 1.2 GiB in 15 min`. Empty with less than a minute of history. */
function trendOf({ chart, column, unit, steady }: Card, now: number): string {
  const known = (chart?.rows ?? []).flatMap(({ time, values: { [column]: value } }) => {
    return value === undefined || time < now - TREND_SECONDS - 30 ? [] : [{ time, value }];
  });
  const [first, last] = [known[0], known.at(-1)];
  if (first === undefined || last === undefined || last.time - first.time < 60) return "";
  const change = last.value - first.value;
  const span = whole(Math.min(TREND_SECONDS, last.time - first.time));
  if (Math.abs(change) <= steady) return `steady for ${span}`;
  return `${change > 0 ? "▲ up" : "▼ down"} ${unit(Math.abs(change))} in ${span}`;
}

function lastOf(chart: Chart | undefined, column: string): number | undefined {
  return chart?.rows.at(-1)?.values[column];
}

/** A size, with the exact number of bytes as its title. */
export function inBytes(value: number): Html {
  return html`<data value="${value}" title="${exact(value)} bytes">${bytes(value)}</data>`;
}

function ofTotal(value: number, total: number | undefined): string {
  return total === undefined || total === 0 ? "" : `${percent(value / total)} of ${bytes(total)}`;
}
