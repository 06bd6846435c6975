import { inNamespace } from "../../gather/assembly.ts";
import type { History, PastSeries } from "../../gather/history.ts";
import type { Family, Labels, Sample } from "../../metric.ts";
import { bytes, exact, inUnit, percent } from "./browser/units.js";
import { pastValues, rowsSince } from "./charts.ts";
import { SHOWN_NAMES } from "./figures.ts";
import { type Html, html } from "./html.ts";
import type { Look } from "./look.ts";
import { sparkline } from "./svg.ts";

/** The series that have no chart: programs by their memory, and everything else that the commands tell. */

export type Past = Pick<History, "series" | "newest">;

/** Series that one page shows; the rest is at the metrics. */
const MOST_ROWS = 100;
const SPARK_POINTS = 60;

const RESIDENT = "memory_processes_resident_bytes";
const PROCESSES = ["memory_processes", RESIDENT, "memory_processes_proportional_bytes"];

/** What the small lines show. */
type Span = { readonly history: Past; readonly seconds: number };

/** The largest programs, where a command tells them. */
export function programsTable({ families, figures, time }: Look, span: Span): Html | undefined {
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
<div class="scroll" tabindex="0" role="region" aria-labelledby="programs-title"><table>
<thead><tr><th scope="col">Program</th><th scope="col" class="number">Memory</th><th scope="col" class="number">Of total</th><th scope="col" class="bar"><span class="hidden">Compared</span></th><th scope="col" class="number">Processes</th><th scope="col"><span class="hidden">Trend</span></th></tr></thead>
<tbody>${rows}</tbody>
</table></div>
</section>`;
}

/** Everything else that the commands tell, with a small line where it has a past. */
export function metricsTable(look: Look, span: Span, namespace: string): Html | undefined {
  const series = look.families.flatMap((family) => othersOf(family).map((sample) => ({ family, sample })));
  if (series.length === 0) return undefined;
  const lines = sparklines(span, look.time);
  const rows = series.slice(0, MOST_ROWS).map(({ family, sample }) => {
    const { name } = inNamespace(family, namespace);
    const unit = family.unit ?? "";
    return html`<tr><th scope="row"><span class="name" title="${family.help}">${broken(name)}</span>${labelList(sample.labels)}</th>
<td class="number"><data value="${sample.value}" title="${exact(sample.value)}${unit && ` ${unit}`}">${inUnit(sample.value, unit)}</data></td>
<td>${lines(family.name, sample.labels)}</td></tr>`;
  });
  const more = series.length - rows.length;
  return html`<section class="card" id="metrics" aria-labelledby="metrics-title">
<h2 id="metrics-title">Other metrics</h2>
<div class="scroll" tabindex="0" role="region" aria-labelledby="metrics-title"><table>
<thead><tr><th scope="col">Metric</th><th scope="col" class="number">Now</th><th scope="col"><span class="hidden">Trend</span></th></tr></thead>
<tbody>${rows}</tbody>
</table></div>
${more > 0 ? html`<p class="about">${more} more are on the metrics page.</p>` : undefined}
</section>`;
}

/** Samples without a chart. Parts of histograms say little one by one. */
function othersOf({ name, samples }: Family): readonly Sample[] {
  if (PROCESSES.includes(name)) return [];
  const shown = SHOWN_NAMES.includes(name);
  return samples.filter(
    ({ labels, suffix, value }) =>
      suffix === undefined && Number.isFinite(value) && !(shown && Object.keys(labels).length === 0),
  );
}

/** A name that can be broken behind each underscore. */
function broken(name: string): readonly Html[] {
  return name.split(/(?<=_)/).map((part) => html`${part}<wbr>`);
}

function labelList(labels: Labels): Html | undefined {
  const pairs = Object.entries(labels).map(([key, value]) => html`<span>${key}="${value}"</span>`);
  return pairs.length > 0 ? html` <span class="labels">${pairs}</span>` : undefined;
}

/** Draws the small line of a series by its name and labels; an empty place where there is no past. */
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
