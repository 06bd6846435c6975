import type { Row } from "./charts.ts";
import { type Html, html } from "./html.ts";

/** Charts without a script. They fill the available width, and the style sheet sets their colours. */

const WIDTH = 1000;
const HEIGHT = 200;

/** The ranges of a picture: seconds from left to right, and values from 0 at the bottom to `most` at the top. */
export type Frame = { readonly since: number; readonly until: number; readonly most: number };

/** One value over time, with gaps where it is undefined. The name is the CSS class. */
export type Line = {
  readonly name: string;
  readonly points: readonly { readonly time: number; readonly value: number | undefined }[];
};

/** The area between two values over time. */
export type Band = {
  readonly name: string;
  readonly points: readonly { readonly time: number; readonly between: readonly [number, number] | undefined }[];
};

/** Bands, lines above them, and grid lines at the given values. */
export function picture(frame: Frame, bands: readonly Band[], lines: readonly Line[], grid: readonly number[]): Html {
  const y = (value: number) => place(HEIGHT - (value / frame.most) * HEIGHT);
  const rulers = grid.map((value) => html`<path class="grid" d="M0 ${y(value)}H${WIDTH}"/>`);
  const areas = bands.map((band) => html`<path class="area ${band.name}" d="${bandPath(frame, band)}"/>`);
  const strokes = lines.map((line) => html`<path class="line ${line.name}" d="${linePath(frame, line)}"/>`);
  return html`<svg class="picture" viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none" aria-hidden="true">${[...areas, ...rulers, ...strokes]}</svg>`;
}

/** A small line without axes, scaled to the range of the values of a column. */
export function sparkline(rows: readonly Row[], column: string, since: number, until: number): Html {
  const values = rows.flatMap(({ values }) => values[column] ?? []);
  const [least, most] = [Math.min(...values), Math.max(...values)];
  // A constant value is drawn in the middle.
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

/** The parts of a list between undefined elements. */
function stretchesOf<T>(list: readonly (T | undefined)[]): readonly (readonly T[])[] {
  const stretches: T[][] = [[]];
  for (const one of list) {
    if (one !== undefined) stretches.at(-1)?.push(one);
    else if (stretches.at(-1)?.length !== 0) stretches.push([]);
  }
  return stretches.filter(({ length }) => length > 0);
}
