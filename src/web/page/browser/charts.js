// @ts-check
import { binaryTicks, decimalTicks, STACK, stackOf, tickLabel } from "./scales.js";
import { bytes, exact, percent, plainFigure } from "./units.js";
import uPlot from "./uplot.js";

/** Draws the charts, which replace the pictures of the page. */

/** @typedef {Record<string, (number | null)[]>} Columns with `time`, as long as each other */

const RANGES = new Map([
  ["15m", 15 * 60],
  ["1h", 60 * 60],
  ["6h", 6 * 60 * 60],
]);
/** Overlap of requests, since the last slot of the history may have been incomplete. */
const OVERLAP_SECONDS = 60;
const AXIS_WIDTH = 60;
const AXIS_HEIGHT = 28;

/** @type {Map<string, Columns>} */
const charts = new Map();
/** @type {Map<Element, { plot: uPlot, size: ResizeObserver }>} */
const drawn = new Map();
let answered = Date.now() / 1000;

/** Requests new values of the history. Rejects if the exporter doesn't answer. */
export async function loadCharts() {
  const known = [...charts.values()].flatMap(({ time = [] }) => time.at(-1) ?? []);
  const since = Math.max(0, Math.max(0, ...known) - OVERLAP_SECONDS);
  const response = await fetch(`./api/v1/live?since=${since}`);
  if (!response.ok) throw new Error(`The exporter answers with status ${response.status}`);
  const answer = await response.json();
  answered = answer.time;
  const oldest = answered - (RANGES.get("6h") ?? 0);
  for (const [name, columns] of Object.entries(answer.charts)) {
    charts.set(name, joined(charts.get(name), columns, since, oldest));
  }
}

/**
 * Joins the known values before `since` and the new ones, without values older than `oldest`.
 * @param {Columns | undefined} before
 * @param {Columns} more
 * @param {number} since
 * @param {number} oldest
 * @returns {Columns}
 */
function joined(before, more, since, oldest) {
  const times = before?.time ?? [];
  const from = times.findIndex((time) => Number(time) >= oldest);
  const until = times.findLastIndex((time) => Number(time) < since) + 1;
  const kept = from < 0 ? 0 : until - from;
  return Object.fromEntries(
    Object.entries(more).map(([name, values]) => {
      const old = before?.[name]?.slice(from, from + kept) ?? new Array(kept).fill(null);
      return [name, kept > 0 ? [...old, ...values] : values];
    }),
  );
}

/**
 * Draws all charts that have values. With `isAnew`, they are created again, with the current colours.
 * @param {boolean} isAnew
 */
export function drawCharts(isAnew = false) {
  for (const [place, { plot, size }] of drawn) {
    if (place.isConnected && !isAnew) continue;
    plot.destroy();
    size.disconnect();
    drawn.delete(place);
  }
  for (const place of document.querySelectorAll("[data-chart]")) {
    const name = place.getAttribute("data-chart") ?? "";
    const columns = charts.get(name);
    if (!(place instanceof HTMLElement) || columns === undefined) continue;
    const data = layersOf(name, columns);
    const one = drawn.get(place);
    if (one) one.plot.setData(data);
    else drawn.set(place, make(place, name, data));
  }
}

/** Time range of the charts in seconds. */
function range() {
  const current = document.querySelector("[data-range][aria-current]");
  return RANGES.get(current?.getAttribute("data-range") ?? "1h") ?? 3600;
}

/**
 * Data for uPlot: layers from top to bottom, so that each covers those drawn before.
 * @param {string} name
 * @param {Columns} columns
 * @returns {uPlot.AlignedData}
 */
function layersOf(name, columns) {
  const { time = [] } = columns;
  const at = (/** @type {number} */ index) =>
    Object.fromEntries(Object.entries(columns).map(([column, values]) => [column, values[index]]));
  const lines = linesOf(name).map((column) => columns[column] ?? new Array(time.length).fill(null));
  if (name !== "memory") return /** @type {uPlot.AlignedData} */ ([time, ...lines]);
  const ends = time.map((_, index) => (columns.used?.[index] == null ? undefined : stackOf(at(index))));
  const layers = STACK.map((_, layer) => ends.map((end) => end?.[layer] ?? null)).reverse();
  return /** @type {uPlot.AlignedData} */ ([time, ...layers, ...lines]);
}

/** @param {string} name */
function linesOf(name) {
  if (name === "memory") return ["available"];
  return name === "swap" ? ["swap_in", "swap_out"] : ["waiting", "stalled"];
}

/** @param {string} name */
function unitOf(name) {
  if (name === "memory") return bytes;
  return name === "swap" ? (/** @type {number} */ value) => `${plainFigure(value)}/s` : percent;
}

/**
 * @param {HTMLElement} place
 * @param {string} name
 * @param {uPlot.AlignedData} data
 */
function make(place, name, data) {
  const style = getComputedStyle(place);
  const colour = (/** @type {string} */ of) => style.getPropertyValue(`--${of}`).trim();
  const isMemory = name === "memory";
  const floor = name === "swap" ? 1 : 0.01;
  const ticks = isMemory ? binaryTicks : decimalTicks;
  const axis = { stroke: colour("muted"), font: `12px ${style.fontFamily}`, ticks: { show: false } };
  /** @type {uPlot.Series[]} */
  const layers = isMemory
    ? [...STACK]
        .reverse()
        .map((column) => ({ fill: colour(column), stroke: colour("card"), width: 1, points: { show: false } }))
    : [];
  const lines = linesOf(name).map((column, index) => ({
    stroke: colour(column),
    width: 2,
    dash: index === 1 ? [6, 3] : [],
    points: { size: 4, fill: colour(column) },
  }));
  place.replaceChildren();
  const plot = new uPlot(
    {
      width: place.clientWidth,
      height: place.clientHeight,
      padding: [8, 24, 0, 0],
      legend: { show: false },
      cursor: { drag: { x: false, y: false }, points: { show: !isMemory }, y: false },
      scales: {
        x: { range: () => [answered - range(), answered] },
        y: { range: (_, __, most) => [0, isMemory ? Math.max(1, most ?? 1) : Math.max(floor, most ?? 0)] },
      },
      axes: [
        { ...axis, size: AXIS_HEIGHT, gap: 8, grid: { show: false }, values: (_, splits) => splits.map(timeOfDay) },
        {
          ...axis,
          size: AXIS_WIDTH,
          grid: { stroke: colour("grid"), width: 1 },
          splits: (_, __, ___, most) => [...ticks(most)],
          values: (_, splits) => splits.map((value) => tickLabel(unitOf(name), value)),
        },
      ],
      series: [{}, ...layers, ...lines],
      hooks: { setCursor: [(plot) => tellAt(place, name, plot.cursor.idx ?? null)] },
    },
    data,
    place,
  );
  const size = new ResizeObserver(() => plot.setSize({ width: place.clientWidth, height: place.clientHeight }));
  size.observe(place);
  place.onkeydown = (event) => moveCursor(plot, event);
  place.onblur = () => plot.setCursor({ left: -10, top: -10 });
  return { plot, size };
}

/** @param {number} seconds since the epoch */
function timeOfDay(seconds) {
  return new Date(seconds * 1000).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
}

/**
 * The arrow keys move the cursor from value to value.
 * @param {uPlot} plot
 * @param {KeyboardEvent} event
 */
function moveCursor(plot, event) {
  const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  const times = plot.data[0];
  if (step === undefined || times.length === 0) return;
  event.preventDefault();
  const index = Math.min(times.length - 1, Math.max(0, (plot.cursor.idx ?? times.length) + step));
  plot.setCursor({ left: plot.valToPos(times[index] ?? 0, "x"), top: 0 });
}

/**
 * Shows the values at an index in the legend; the latest ones without an index.
 * @param {HTMLElement} place
 * @param {string} name
 * @param {number | null} index
 */
function tellAt(place, name, index) {
  const legend = place.parentElement?.querySelector(".legend");
  const columns = charts.get(name);
  if (!legend || !columns) return;
  const at = index ?? (columns.time?.length ?? 0) - 1;
  const when = legend.querySelector(".when");
  const time = columns.time?.[at];
  if (when) when.textContent = index === null || time == null ? "Latest" : new Date(time * 1000).toLocaleTimeString();
  for (const item of legend.querySelectorAll("[data-column]")) {
    const value = columns[item.getAttribute("data-column") ?? ""]?.[at];
    const figure = item.querySelector(".now");
    if (!figure) continue;
    figure.textContent = value == null ? "–" : unitOf(name)(value);
    figure.setAttribute("title", value == null ? "" : exact(value));
  }
}
