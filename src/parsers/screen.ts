/** Columns of a terminal, approximately as wcwidth(3) counts them. Tables with wide characters are aligned by these. */

const WIDE = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/g;
/** Stands for the second column of a wide character. It is no character of Unicode. */
const FILLER = "\uffff";

/** Number of columns of a text. */
export function screenWidth(text: string): number {
  return onScreen(text.normalize("NFC")).replace(/[\p{M}\u{dc00}-\u{dfff}]/gu, "").length;
}

/** A text with a character for each column, as far as wide characters go. {@link offScreen} undoes it. */
export function onScreen(text: string): string {
  return text.replace(WIDE, `$&${FILLER}`);
}

/** A part of such a text without what was added. */
export function offScreen(text: string): string {
  return text.replaceAll(FILLER, "");
}
