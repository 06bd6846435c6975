import { escapeHtml } from "../page/html.ts";
import { debugPage } from "./page.ts";
import type { Profile } from "./profiles.ts";

/** The page at /debug/pprof/: what there is and how to read it. */
export function profilesPage(profiles: readonly Profile[]): string {
  const rows = profiles.map(({ name, about, usualSeconds, mostSeconds }) => {
    const link = `<a href="${name}?seconds=${usualSeconds}">${name}</a>`;
    return `<tr><td>${link}</td><td>${escapeHtml(about)}</td><td>${usualSeconds} s, at most ${mostSeconds} s</td></tr>`;
  });
  return debugPage(
    "/debug/pprof/",
    `<p>Profiles of the exporter itself, one at a time, in the format of pprof:
<code>go tool pprof http://HOST:PORT/debug/pprof/profile?seconds=10</code></p>
<table>
<tr><th>Profile</th><th>Shows</th><th>Samples for (<code>?seconds=</code>)</th></tr>
${rows.join("\n")}
</table>`,
  );
}
