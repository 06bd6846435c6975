import { html } from "../page/html.ts";
import { debugPage } from "./page.ts";
import type { Profile } from "./profiles.ts";

/** The page at /debug/pprof/: the profiles and how to read them. */
export function profilesPage(profiles: readonly Profile[]): string {
  const rows = profiles.map(({ name, about, defaultSeconds, maxSeconds }) => {
    const link = html`<a href="${name}?seconds=${defaultSeconds}">${name}</a>`;
    return html`<tr><td>${link}</td><td>${about}</td><td>${defaultSeconds} s, at most ${maxSeconds} s</td></tr>`;
  });
  return debugPage(
    "/debug/pprof/",
    html`<section class="card">
<p>Profiles of the exporter itself, one at a time, in the format of pprof:</p>
<pre>go tool pprof http://HOST:PORT/debug/pprof/profile?seconds=10</pre>
<div class="scroll" tabindex="0" role="region" aria-label="Profiles"><table>
<thead><tr><th scope="col">Profile</th><th scope="col">Shows</th><th scope="col">Samples for (<code>?seconds=</code>)</th></tr></thead>
<tbody>${rows}</tbody>
</table></div>
</section>`,
  );
}
