import { html } from "../page/html.ts";
import { debugPage } from "./page.ts";

/** The page at /debug/: links. */
export function debugIndex(): string {
  return debugPage(
    "/debug/",
    html`<section class="card">
<ul>
<li><a href="commands">Commands</a>: their last runs and latest failures</li>
<li><a href="commands?format=json">Commands as JSON</a></li>
<li><a href="pprof/">Profiles</a> of the exporter itself: CPU and memory</li>
</ul>
</section>`,
  );
}
