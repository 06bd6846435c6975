// @ts-check
/** Formats values, for the server and the browser. */

const BINARY = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];
/** A no-break space between a value and its unit. */
const TIE = "\u00a0";

/**
 * `23.5 GiB`: three significant digits, or all digits before the decimal point.
 * @param {number} value
 */
export function bytes(value) {
  let power = 0;
  let rest = Math.abs(value);
  // Larger values would be rounded to 1024.
  while (rest >= 1023.5 && power < BINARY.length - 1) {
    rest /= 1024;
    power += 1;
  }
  const text = power === 0 ? String(Math.round(rest)) : threeDigits(rest);
  return `${value < 0 ? "−" : ""}${text}${TIE}${BINARY[power]}`;
}

/** @param {number} value */
function threeDigits(value) {
  if (value >= 99.95) return value.toFixed(0);
  return value >= 9.995 ? value.toFixed(1) : value.toFixed(2);
}

/**
 * `1,234,567.5`: all digits of a value, with separators.
 * @param {number} value
 */
export function exact(value) {
  return grouped(value, 6);
}

/**
 * Not with Intl, which takes a hundred times as long.
 * @param {number} value
 * @param {number} digits maximum number of decimals
 */
function grouped(value, digits) {
  const [whole = "", fraction = ""] = Math.abs(value).toFixed(digits).split(".");
  const rest = fraction.replace(/0+$/, "");
  return `${value < 0 ? "−" : ""}${whole.replace(/\B(?=(?:\d{3})+$)/g, ",")}${rest === "" ? "" : `.${rest}`}`;
}

/**
 * A ratio as a percentage: `0 %`, `0.04 %`, `3.1 %`, `42 %`.
 * @param {number} share
 */
export function percent(share) {
  const value = share * 100;
  if (value === 0) return `0${TIE}%`;
  if (value < 0.01) return `<${TIE}0.01${TIE}%`;
  return `${value >= 9.95 ? value.toFixed(0) : value >= 0.995 ? value.toFixed(1) : value.toFixed(2)}${TIE}%`;
}

/**
 * A duration: `2.31 ms`, `1.20 s`, `12 min`.
 * @param {number} seconds
 */
export function duration(seconds) {
  if (seconds < 1) return `${threeDigits(seconds * 1000)}${TIE}ms`;
  return seconds < 10 ? `${seconds.toFixed(2)}${TIE}s` : whole(seconds);
}

/**
 * A duration by its largest units: `0 s`, `45 s`, `12 min`, `3 h 5 min`, `4 d 2 h`.
 * @param {number} seconds
 */
export function whole(seconds) {
  const total = Math.max(0, Math.floor(seconds));
  if (total < 60) return `${total}${TIE}s`;
  const minutes = Math.floor(total / 60);
  if (minutes < 60) return `${minutes}${TIE}min`;
  const hours = Math.floor(minutes / 60);
  const [large, small] =
    hours < 24
      ? [`${hours}${TIE}h`, `${minutes % 60}${TIE}min`]
      : [`${Math.floor(hours / 24)}${TIE}d`, `${hours % 24}${TIE}h`];
  return small.startsWith("0") ? large : `${large}${TIE}${small}`;
}

/**
 * A value without a unit: `12`, `0.25`, `1,234`, `1.23 million`.
 * @param {number} value
 */
export function plainFigure(value) {
  const size = Math.abs(value);
  const sign = value < 0 ? "−" : "";
  if (size !== 0 && (size < 0.001 || size >= 1e15)) return value.toExponential(2);
  if (size >= 1e9) return `${sign}${threeDigits(size / 1e9)}${TIE}billion`;
  if (size >= 1e6) return `${sign}${threeDigits(size / 1e6)}${TIE}million`;
  return grouped(value, size >= 100 ? 0 : size >= 1 ? 2 : 4);
}

/**
 * A value in the unit of its metric.
 * @param {number} value
 * @param {string} unit
 */
export function inUnit(value, unit) {
  if (unit === "bytes") return bytes(value);
  return unit === "ratio" ? percent(value) : plainFigure(value);
}

/**
 * `10:31:05`, in UTC.
 * @param {number} seconds since the epoch
 */
export function clock(seconds) {
  return new Date(seconds * 1000).toISOString().slice(11, 19);
}
