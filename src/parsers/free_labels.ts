import { ParseError, quote } from "../text.ts";
import type { Cell, FreeLine, FreeRow } from "./free_table.ts";
import { screenWidth } from "./screen.ts";

const LABELS: ReadonlyMap<string, FreeRow> = new Map([
  ["Mem", "mem"],
  ["Swap", "swap"],
  ["Total", "total"],
  ["Low", "low"],
  ["High", "high"],
  ["Comm", "committed"],
  ["-/+ buffers/cache", "buffers_cache"],
  ["-/+ buffers", "buffers_cache"],
]);

/** The label before the figures of a line. */
export type Label = {
  /** Without its colon. */
  readonly text: string;
  /** The row, if the label is a known English one. */
  readonly row: FreeRow | undefined;
  /** Offset in the line after the label and its colon. */
  readonly end: number;
};

/** The label of a line: the text up to a colon (also a full-width one), otherwise the first word. */
export function readLabel(line: FreeLine): Label {
  const colon = line.text.search(/[:\uff1a]/);
  const text = colon >= 0 ? line.text.slice(0, colon).trim() : (line.text.trimStart().split(/\s/, 1)[0] ?? "");
  return { text, row: LABELS.get(text), end: colon >= 0 ? colon + 1 : line.text.indexOf(text) + text.length };
}

/**
 * Whether a line with an unknown label is a row of a newer version: one word, then figures. False for a line without figures.
 * @throws ParseError for any other line with figures, since it may be a damaged row.
 */
export function isNewRow(line: FreeLine, label: Label): boolean {
  if (!/(?:^|\s)-?\d/.test(line.text)) return false;
  if (/^[A-Z][a-z]+$/.test(label.text)) return true;
  throw new ParseError(`found ${quote(line.text.trim())}, wanted a row of free or a line without figures`, line.number);
}

const FIRST_FIGURE = 11;
const encoder = new TextEncoder();

/** Numbers of spaces after a label: in procps from 4.0.0, in 3.3.17, and in older versions, which count bytes. */
const PADDINGS: readonly ((label: string) => number)[] = [
  (label) => Math.max(0, 9 - screenWidth(label)),
  (label) => Math.max(0, 9 - encoder.encode(label).length),
  (label) => Math.max(0, 7 - encoder.encode(label).length) + 1,
];

/**
 * Checks the position of the first figure of each row after translated labels, so that a total that lost a digit is rejected.
 * @throws ParseError
 */
export function requirePadding(
  rows: readonly { readonly line: FreeLine; readonly label: Label; readonly first: Cell }[],
): void {
  const fits = (padding: (label: string) => number) =>
    rows.every(({ line, label, first }) => {
      const gap = padding(line.text.slice(0, label.end)) + Math.max(FIRST_FIGURE, first.text.length);
      return first.end === label.end + gap;
    });
  if (!PADDINGS.some(fits))
    throw new ParseError(
      "found first figures out of their column, wanted them as procps prints them",
      rows[0]?.line.number,
    );
}
