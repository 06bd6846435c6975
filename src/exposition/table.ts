import { type Family, seriesName } from "../metric.ts";
import { numberText, seriesText } from "./series.ts";

/** Maximum width of the column of series. Values of longer series are not aligned. */
const MAX_SERIES_WIDTH = 80;

/**
 * Encodes aligned columns for a terminal: series, value, and sizes in readable units.
 * @param page from `legalPage`.
 */
export function encodeTable(page: readonly Family[]): string {
  const rows: Row[] = [{ series: "METRIC", value: "VALUE", readable: "", time: "" }];
  for (const family of page) {
    const isBytes = family.unit === "bytes" || /_bytes(_total)?$/.test(family.name);
    for (const { labels, value, suffix, timestampMs } of family.samples) {
      const series = printable(seriesText(seriesName(family, suffix), labels));
      const isSize = isBytes && (suffix === undefined || suffix === "_sum" || suffix === "_gsum");
      const readable = isSize ? readableBytes(value) : "";
      rows.push({ series, value: shortNumber(value), readable: readable.padStart(9), time: timeText(timestampMs) });
    }
  }
  const seriesWidth = Math.min(MAX_SERIES_WIDTH, Math.max(...rows.map((row) => displayWidth(row.series))));
  const valueWidth = Math.max(...rows.map((row) => row.value.length));
  return rows.map((row) => rowText(row, seriesWidth, valueWidth)).join("");
}

type Row = { readonly series: string; readonly value: string; readonly readable: string; readonly time: string };

/** The timestamp of a value, if it has one. */
function timeText(ms: number | undefined): string {
  const date = new Date(ms ?? Number.NaN);
  return Number.isNaN(date.getTime()) ? "" : date.toISOString();
}

function rowText({ series, value, readable, time }: Row, seriesWidth: number, valueWidth: number): string {
  const padding = " ".repeat(Math.max(0, seriesWidth - displayWidth(series)));
  return `${`${series}${padding}  ${value.padStart(valueWidth)}  ${readable}  ${time}`.trimEnd()}\n`;
}

/** Removes rounding errors of floats: 0.0179 instead of 0.017900000000000003. */
function shortNumber(value: number): string {
  return numberText(Number.isInteger(value) ? value : Number(value.toPrecision(12)));
}

/** Escapes control characters, and those that change the direction of writing. */
function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (c) => `\\u{${(c.codePointAt(0) ?? 0).toString(16)}}`);
}

/** Width of a text in a terminal: wide characters take two columns, combining marks none. */
function displayWidth(text: string): number {
  if (/^[ -~]*$/.test(text)) return text.length;
  let width = 0;
  for (const character of text) {
    if (!/[\p{Mn}\p{Me}]/u.test(character)) width += WIDE.test(character) ? 2 : 1;
  }
  return width;
}

const WIDE =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Emoji_Presentation}\u3000-\u303f\uff01-\uff60\uffe0-\uffe6]/u;

function readableBytes(bytes: number): string {
  if (!Number.isFinite(bytes)) return "";
  let rest = bytes;
  for (const unit of ["B", "KiB", "MiB", "GiB", "TiB", "PiB"]) {
    // Values that would be rounded to 1024.0 get the next unit.
    if (Math.abs(rest) < 1023.95) return `${unit === "B" ? rest : rest.toFixed(1)} ${unit}`;
    rest /= 1024;
  }
  return `${rest.toFixed(1)} EiB`;
}
