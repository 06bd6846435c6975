/** Text that is HTML already. */
export type Html = { readonly html: string };

type Part = Html | string | number | readonly Html[] | undefined;

/** Escapes text for HTML, between tags and in quoted attributes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** What stands for no value. Not in a template: esbuild escapes characters beyond ASCII in strings alone. */
export const NO_VALUE: Html = { html: "–" };

/** HTML with values in it: text is escaped, HTML stays as it is, lists are joined, undefined is nothing. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return { html: strings.map((string, index) => string + htmlOf(parts[index])).join("") };
}

function htmlOf(part: Part): string {
  if (part === undefined) return "";
  if (typeof part === "string") return escapeHtml(part);
  if (typeof part === "number") return String(part);
  return "html" in part ? part.html : part.map((one) => one.html).join("");
}
