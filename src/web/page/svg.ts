import type { Row } from "./charts.ts";
import { type Html, html } from "./html.ts";

/** Pictures without a script. They stretch to the place that they have, and their colours are those of the style sheet. */

const WIDTH = 1000;
const HEIGHT = 200;

/** What a picture shows: the seconds from left to right, and the values from bottom to top. */
export type Frame = { readonly since: number; readonly until: number; readonly most: number };

/** One value over time; where there is none, the line has a gap. The name is its class. */
export type Line = {
  readonly name: string;
  readonly points: readonly { readonly time: number; readonly value: number | undefined }[];
};

/** What lies between two values over time. */
export type Band = {
  readonly name: string;
  readonly points: readonly { readonly time: number; readonly between: readonly [number, number] | undefined }[];
};

/** Bands, lines above them, and a thin line at each of some values. */
export function picture(frame: Frame, bands: readonly Band[], lines: readonly Line[], grid: readonly number[]): Html {
  const y = (value: number) => place(HEIGHT - (value / frame.most) * HEIGHT);
  const rulers = grid.map((value) => html`<path class="grid" d="M0 ${y(value)}H${WIDTH}"/>`);
  const areas = bands.map((band) => html`<path class="area ${band.name}" d="${bandPath(frame, band)}"/>`);
  const strokes = lines.map((line) => html`<path class="line ${line.name}" d="${linePath(frame, line)}"/>`);
  return html`<svg class="picture" viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none" aria-hidden="true">${[...areas, ...rulers, ...strokes]}</svg>`;
}

/** A small line without axes, from the least to the most of the values of a column. */
export function sparkline(rows: readonly Row[], column: string, since: number, until: number): Html {
  const values = rows.flatMap(({ values }) => values[column] ?? []);
  const [least, most] = [Math.min(...values), Math.max(...values)];
  // What doesn't change lies in the middle.
  const level = (value: number) => (most > least ? (value - least) / (most - least) : 0.5);
  const points = rows.map(({ time, values: { [column]: value } }) => ({
    time,
    value: value === undefined ? value : level(value),
  }));
  const d = linePath({ since, until, most: 1 }, { name: "", points });
  return html`<svg class="spark" viewBox="-10 -20 ${WIDTH + 20} ${HEIGHT + 40}" preserveAspectRatio="none" aria-hidden="true"><path class="line" d="${d}"/></svg>`;
}

/** With at most one decimal. */
function place(value: number): string {
  return String(Math.round(value * 10) / 10);
}

function placer({ since, until, most }: Frame) {
  return (time: number, value: number) => {
    const share = Math.min(1, Math.max(0, value / most));
    return `${place(((time - since) / (until - since)) * WIDTH)} ${place(HEIGHT - share * HEIGHT)}`;
  };
}

function linePath(frame: Frame, { points }: Line): string {
  const at = placer(frame);
  return stretchesOf(points.map(({ time, value }) => (value === undefined ? undefined : at(time, value))))
    .map((places) => (places.length === 1 ? `M${places[0]}h.1` : `M${places.join("L")}`))
    .join("");
}

function bandPath(frame: Frame, { points }: Band): string {
  const at = placer(frame);
  const edges = points.map(({ time, between }) => between?.map((value) => at(time, value)));
  return stretchesOf(edges)
    .map((stretch) => {
      const upper = stretch.map(([, high]) => high);
      const lower = stretch.map(([low]) => low).reverse();
      return `M${[...upper, ...lower].join("L")}Z`;
    })
    .join("");
}

/** The parts of a list between those that are undefined. */
function stretchesOf<T>(list: readonly (T | undefined)[]): readonly (readonly T[])[] {
  const stretches: T[][] = [[]];
  for (const one of list) {
    if (one !== undefined) stretches.at(-1)?.push(one);
    else if (stretches.at(-1)?.length !== 0) stretches.push([]);
  }
  return stretches.filter(({ length }) => length > 0);
}
