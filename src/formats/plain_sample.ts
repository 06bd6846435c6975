/** Detects lines that need no rewriting, since they are already in the form that the exposition writes. */

const LINE_FEED = 10;
const SPACE = 32;
const QUOTE = 34;
const COMMA = 44;
const MINUS = 45;
const DOT = 46;
const EQUALS = 61;
const BACKSLASH = 92;
const UNDERSCORE = 95;
const SMALL_E = 101;
const SMALL_L = 108;
const SMALL_N = 110;
const BRACE_OPEN = 123;
const BRACE_CLOSE = 125;

/** The end of a series, and whether its labels are in order. If so, its text is its key. */
export type PlainSeries = { readonly end: number; readonly isInOrder: boolean };

/**
 * The series whose name ends at `nameEnd`, if it needs no rewriting: ASCII label names, no empty label, no spaces, only necessary
 * escapes. If the labels aren't in order, there may still be duplicates.
 */
export function plainSeries(text: string, nameEnd: number): PlainSeries | undefined {
  if (text.charCodeAt(nameEnd) !== BRACE_OPEN) return { end: nameEnd, isInOrder: true };
  let before = 0;
  let beforeEnd = 0;
  let isInOrder = true;
  for (let start = nameEnd + 1; ; ) {
    const end = plainLabelEnd(text, start);
    const valueEnd = end < 0 ? -1 : plainValueEnd(text, end);
    if (valueEnd < 0) return undefined;
    isInOrder &&= before === 0 || isLess(text, before, beforeEnd, start, end);
    const code = text.charCodeAt(valueEnd);
    if (code === BRACE_CLOSE) return { end: valueEnd + 1, isInOrder };
    if (code !== COMMA) return undefined;
    before = start;
    beforeEnd = end;
    start = valueEnd + 1;
  }
}

/** The text of a plain series with its labels in order; undefined for duplicate labels. */
export function orderedSeries(text: string, start: number, nameEnd: number): string | undefined {
  const names: string[] = [];
  const labels: string[] = [];
  for (let at = nameEnd; text.charCodeAt(at) !== BRACE_CLOSE; ) {
    const labelEnd = plainLabelEnd(text, at + 1);
    const valueEnd = plainValueEnd(text, labelEnd);
    const name = text.slice(at + 1, labelEnd);
    let place = names.length;
    for (; place > 0 && !isBefore(names[place - 1] ?? "", name); place--) {
      if (names[place - 1] === name) return undefined;
      names[place] = names[place - 1] ?? "";
      labels[place] = labels[place - 1] ?? "";
    }
    names[place] = name;
    labels[place] = text.slice(at + 1, valueEnd);
    at = valueEnd;
  }
  return `${text.slice(start, nameEnd)}{${labels.join(",")}}`;
}

/** Whether the rest of the line is a space and a number of digits. @param from the end of the series */
export function isPlainNumber(text: string, from: number, end: number, mayBeNegative: boolean): boolean {
  if (text.charCodeAt(from) !== SPACE) return false;
  let at = from + 1;
  if (mayBeNegative && text.charCodeAt(at) === MINUS) at += 1;
  const whole = digitsEnd(text, at);
  if (whole === at) return false;
  at = whole;
  if (text.charCodeAt(at) === DOT) {
    at = digitsEnd(text, whole + 1);
    if (at === whole + 1) return false;
  }
  return at - from < FINITE_DIGITS && (at === end || /^[eE][+-]?[0-9]{1,2}$/.test(text.slice(at, end)));
}

/** With a two-digit exponent it is still below the largest float, which has 309 digits. */
const FINITE_DIGITS = 200;

function digitsEnd(text: string, from: number): number {
  let at = from;
  for (let code = text.charCodeAt(at); code >= 48 && code <= 57; code = text.charCodeAt(++at));
  return at;
}

/** The end of a label name that is followed by a quoted value; -1 if there is none. */
function plainLabelEnd(text: string, from: number): number {
  let at = from;
  let code = text.charCodeAt(at);
  // Names with two leading underscores are rejected elsewhere.
  if (code === UNDERSCORE && text.charCodeAt(at + 1) === UNDERSCORE) return -1;
  for (; isLetter(code) || (at > from && code >= 48 && code <= 57); code = text.charCodeAt(++at));
  return at > from && code === EQUALS && text.charCodeAt(at + 1) === QUOTE ? at : -1;
}

function isLetter(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || code === UNDERSCORE;
}

/** The end of the quoted value after a label name; -1 if it isn't plain. */
function plainValueEnd(text: string, nameEnd: number): number {
  const from = nameEnd + 2;
  for (let at = from; ; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) return at > from ? at + 1 : -1;
    if (code === BACKSLASH) {
      at += 1;
      const escaped = text.charCodeAt(at);
      if (escaped !== BACKSLASH && escaped !== QUOTE && escaped !== SMALL_N) return -1;
    } else if (code === LINE_FEED || Number.isNaN(code)) return -1;
  }
}

function isLe(text: string, start: number, end: number): boolean {
  return end - start === 2 && text.charCodeAt(start) === SMALL_L && text.charCodeAt(start + 1) === SMALL_E;
}

/** Order of labels in a key. `le` is last, because most programs write it last: the key is then a slice of the line. */
export function isBefore(one: string, other: string): boolean {
  return one === "le" || other === "le" ? one !== "le" : one < other;
}

/** Whether one part of the text sorts before another. */
function isLess(text: string, start: number, end: number, otherStart: number, otherEnd: number): boolean {
  if (isLe(text, start, end) || isLe(text, otherStart, otherEnd)) return !isLe(text, start, end);
  const length = Math.min(end - start, otherEnd - otherStart);
  for (let i = 0; i < length; i++) {
    const difference = text.charCodeAt(start + i) - text.charCodeAt(otherStart + i);
    if (difference !== 0) return difference < 0;
  }
  return end - start < otherEnd - otherStart;
}
