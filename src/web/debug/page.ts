import { documentOf } from "../page/document.ts";
import { type Html, html } from "../page/html.ts";

/** A page for those who look for a fault: plain, without scripts. `path` is its own, without a prefix. */
export function debugPage(path: string, body: Html): string {
  // Relative, so that a proxy's prefix stays.
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
