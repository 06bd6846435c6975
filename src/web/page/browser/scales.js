// @ts-check
/** Positions in charts, for the server and the browser. */

/** @typedef {Readonly<Record<string, number | null | undefined>>} Values at one time, by column */

/** The layers of the memory chart, from bottom to top. */
export const STACK = ["used", "buffers", "cache", "free"];

/**
 * The upper ends of the layers, which add up to the total. Memory that a command counts both as used and as cache, as procps 4 does
 * with shared memory, is drawn as used.
 * @param {Values} values
 * @returns {readonly number[]}
 */
export function stackOf(values) {
  const [used = 0, buffers = 0, cache = 0, free = 0] = STACK.map((name) => values[name] ?? 0);
  const second = used + buffers;
  const { total } = values;
  const third = total == null ? second + cache : Math.max(second, Math.min(second + cache, total - free));
  return [used, second, third, third + free];
}

/**
 * Up to five multiples of a power of two: 0, 8 GiB, 16 GiB.
 * @param {number} most
 */
export function binaryTicks(most) {
  return multiples(2 ** Math.ceil(Math.log2(Math.max(1, most) / 4)), most);
}

/**
 * Up to five multiples of 1, 2 or 5 times a power of ten.
 * @param {number} most
 */
export function decimalTicks(most) {
  const power = 10 ** Math.floor(Math.log10(most / 4));
  return multiples(power * ([1, 2, 5].find((step) => step * power >= most / 4) ?? 10), most);
}

/**
 * @param {number} step
 * @param {number} most
 */
function multiples(step, most) {
  return Array.from({ length: Math.floor(most / step + 1e-9) + 1 }, (_, index) => index * step);
}

/**
 * The label of a tick: `8 GiB` for `8.00 GiB`.
 * @param {(value: number) => string} unit
 * @param {number} value
 */
export function tickLabel(unit, value) {
  if (value === 0) return "0";
  return unit(value)
    .replace(/(\.\d*?)0+(?=\D|$)/, "$1")
    .replace(/\.(?=\D|$)/, "");
}
