import { documentOf } from "../page/document.ts";
import { type Html, html } from "../page/html.ts";

/** A debug page, without scripts. `path` is its path without the route prefix. */
export function debugPage(path: string, body: Html): string {
  // Relative, so that it works behind a proxy with a path prefix.
  const home = "../".repeat(path.split("/").length - 2);
  return documentOf({
    title: `memory_exporter: ${path}`,
    home,
    body: html`<header class="top"><div>
<p class="product"><a href="${home}">memory_exporter</a></p>
<h1>${path}</h1>
</div></header>
<main>
${body}
</main>`,
  });
}
