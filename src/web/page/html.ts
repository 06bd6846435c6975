/** Escaped HTML. */
export type Html = { readonly html: string };

type Part = Html | string | number | readonly Html[] | undefined;

/** Escapes text for HTML, between tags and in quoted attributes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** Shown for a missing value. Not in a template, since esbuild escapes non-ASCII characters only in strings. */
export const NO_VALUE: Html = { html: "–" };

/** A template of HTML: text is escaped, HTML is kept, lists are joined, undefined is left out. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return { html: strings.map((string, index) => string + htmlOf(parts[index])).join("") };
}

function htmlOf(part: Part): string {
  if (part === undefined) return "";
  if (typeof part === "string") return escapeHtml(part);
  if (typeof part === "number") return String(part);
  return "html" in part ? part.html : part.map((one) => one.html).join("");
}
