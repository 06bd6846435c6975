import { inNamespace } from "../../gather/assembly.ts";
import type { History, PastSeries } from "../../gather/history.ts";
import type { Family, Labels, Sample } from "../../metric.ts";
import { bytes, exact, inUnit, percent } from "./browser/units.js";
import { pastValues, rowsSince } from "./charts.ts";
import { SHOWN_NAMES } from "./figures.ts";
import { type Html, html } from "./html.ts";
import type { Snapshot } from "./snapshot.ts";
import { sparkline } from "./svg.ts";

/** Tables of series without a chart: programs by memory, and all other metrics of the commands. */

export type Past = Pick<History, "series" | "newest">;

/** Maximum number of series on the page. */
const MAX_ROWS = 100;
const SPARK_POINTS = 60;

const RESIDENT = "memory_processes_resident_bytes";
const PROCESSES = ["memory_processes", RESIDENT, "memory_processes_proportional_bytes"];

/** The history that sparklines show. */
type Span = { readonly history: Past; readonly seconds: number };

/** The largest programs, if a command gives them. */
export function programsTable({ metrics, figures, time }: Snapshot, span: Span): Html | undefined {
  const families = metrics.flatMap((one) => one.families);
  const samples = families.find(({ name }) => name === RESIDENT)?.samples ?? [];
  if (samples.length === 0) return undefined;
  const counts = families.find(({ name }) => name === "memory_processes")?.samples ?? [];
  const countOf = ({ program }: Labels) => counts.find(({ labels }) => labels.program === program)?.value;
  const most = Math.max(...samples.map(({ value }) => value));
  const lines = sparklines(span, time);
  const rows = samples
    .toSorted(
      (a, b) => Number(a.labels.program === "other") - Number(b.labels.program === "other") || b.value - a.value,
    )
    .map(({ labels, value }) => {
      const share = figures.total ? percent(value / figures.total) : "";
      const width = Math.max(0.5, (value / most) * 100);
      return html`<tr><th scope="row">${labels.program === "other" ? "all others" : labels.program}</th>
<td class="number"><data value="${value}" title="${exact(value)} bytes">${bytes(value)}</data></td><td class="number">${share}</td>
<td class="bar"><svg width="100%" height="10" aria-hidden="true"><rect width="${width.toFixed(1)}%" height="10" rx="2"/></svg></td>
<td class="number">${countOf(labels) ?? "–"}</td><td>${lines(RESIDENT, labels)}</td></tr>`;
    });
  return html`<section class="card" id="programs" aria-labelledby="programs-title">
<h2 id="programs-title">Largest programs</h2>
<p class="about">Resident memory. Shared memory is counted for each process.</p>
<div class="scroll" tabindex="0" role="region" aria-label="Table of the largest programs"><table>
<thead><tr><th scope="col">Program</th><th scope="col" class="number">Memory</th><th scope="col" class="number">Of total</th><th scope="col" class="bar"><span class="hidden">Compared</span></th><th scope="col" class="number">Processes</th><th scope="col"><span class="hidden">Trend</span></th></tr></thead>
<tbody>${rows}</tbody>
</table></div>
</section>`;
}

/** All other metrics, configured commands first, with a sparkline if there is history. */
export function metricsTable({ metrics, time }: Snapshot, span: Span, namespace: string): Html | undefined {
  const lines = sparklines(span, time);
  let left = MAX_ROWS;
  let more = 0;
  const groups = metrics
    .toSorted((a, b) => Number(b.isOwn) - Number(a.isOwn))
    .flatMap(({ command, families }) => {
      const series = families.flatMap((family) => othersOf(family).map((sample) => ({ family, sample })));
      const shown = series.slice(0, left);
      left -= shown.length;
      more += series.length - shown.length;
      const rows = shown.map(({ family, sample }) =>
        seriesRow(inNamespace(family, namespace), sample, lines(family.name, sample.labels)),
      );
      return shown.length === 0
        ? []
        : [html`<tbody><tr><th scope="rowgroup" colspan="3">${command}</th></tr>${rows}</tbody>`];
    });
  if (groups.length === 0) return undefined;
  return html`<section class="card" id="metrics" aria-labelledby="metrics-title">
<h2 id="metrics-title">Other metrics</h2>
<div class="scroll" tabindex="0" role="region" aria-label="Table of other metrics"><table>
<thead><tr><th scope="col">Metric</th><th scope="col" class="number">Now</th><th scope="col"><span class="hidden">Trend</span></th></tr></thead>
${groups}
</table></div>
${more > 0 ? html`<p class="about">${more} more are on the metrics page.</p>` : undefined}
</section>`;
}

function seriesRow({ name, help, unit = "" }: Family, { labels, value }: Sample, line: Html): Html {
  return html`<tr><th scope="row" class="series"><span title="${help}">${broken(name)}</span>${labelList(labels)}</th>
<td class="number"><data value="${value}" title="${exact(value)}${unit && ` ${unit}`}">${inUnit(value, unit)}</data></td>
<td>${line}</td></tr>`;
}

/** Samples without a chart, and without those of histograms and summaries. */
function othersOf({ name, samples }: Family): readonly Sample[] {
  if (PROCESSES.includes(name)) return [];
  const shown = SHOWN_NAMES.includes(name);
  return samples.filter(
    ({ labels, suffix, value }) =>
      suffix === undefined && Number.isFinite(value) && !(shown && Object.keys(labels).length === 0),
  );
}

/** A name with a possible line break after each underscore. */
function broken(name: string): readonly Html[] {
  return name.split(/(?<=_)/).map((part) => html`${part}<wbr>`);
}

/** Labels in the syntax of Prometheus. */
function labelList(labels: Labels): Html | undefined {
  const pairs = Object.entries(labels).map(([key, value]) => `${key}="${value}"`);
  return pairs.length > 0 ? html`<wbr><span class="labels">{${pairs.join(", ")}}</span>` : undefined;
}

/** Draws the sparkline of a series; an empty element without history. */
function sparklines({ history, seconds }: Span, now: number): (name: string, labels: Labels) => Html {
  const keyOf = (name: string, labels: Labels) => JSON.stringify([name, labels]);
  const byKey = new Map<string, PastSeries>(history.series().map((one) => [keyOf(one.head.name, one.labels), one]));
  const newest = history.newest();
  const since = now - seconds;
  return (name, labels) => {
    const past = byKey.get(keyOf(name, labels));
    const rows = past && newest !== undefined ? rowsSince(pastValues(past, newest, seconds), since, SPARK_POINTS) : [];
    const isDrawn = rows.filter(({ values }) => values.value !== undefined).length > 1;
    return isDrawn ? sparkline(rows, "value", since, now) : html`<span class="spark"></span>`;
  };
}
