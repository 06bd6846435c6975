import { type Html, html } from "../page/html.ts";
import { debugPage } from "./page.ts";
import type { CommandReport, RunReport } from "./report.ts";

/** The page at /debug/commands. */
export function commandsPage(reports: readonly CommandReport[]): string {
  const json = html`<p>The same as <a href="commands?format=json">JSON</a>.</p>`;
  return debugPage("/debug/commands", html`${json}\n${reports.map(commandSection)}`);
}

function commandSection(report: CommandReport): Html {
  const counts = Object.entries(report.runs).map(([outcome, count]) => `${count} ${outcome}`);
  const facts: readonly (readonly [string, Html])[] = [
    ["Commands or files", block(report.attempts.map(shown))],
    ["Variables", block([report.environment.join(" ")])],
    ["Limits", html`${report.timeout_seconds} s, ${report.max_output_bytes} bytes`],
    ["Runs", html`${counts.join(", ") || "none"}`],
    ["Stragglers killed", html`${report.stragglers_killed}`],
  ];
  const { name } = report;
  return html`<section class="card">
<h2>${name}</h2>
<table><tbody>${facts.map(([fact, value]) => html`<tr><th scope="row">${fact}</th><td>${value}</td></tr>`)}</tbody></table>
<h3>Last run</h3>
${report.last ? runsTable([report.last], `Last run of ${name}`) : html`<p>None has ended yet.</p>`}
<h3>Latest failures</h3>
${report.failures.length > 0 ? runsTable(report.failures, `Latest failures of ${name}`) : html`<p>None.</p>`}
</section>`;
}

const HEADS = ["Ended", "Outcome", "Exit status", "Duration", "Command line"];

function runsTable(runs: readonly RunReport[], label: string): Html {
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${label}"><table>
<thead><tr>${HEADS.map((head) => html`<th scope="col">${head}</th>`)}</tr></thead>
<tbody>${runs.map(runRows)}</tbody>
</table></div>`;
}

/** The row of a run, and a row with the details of its failure. */
function runRows(run: RunReport): Html {
  const said = [run.detail, run.stderr_tail ?? ""].filter((text) => text !== "");
  const more = said.length > 0 ? html`\n<tr><td></td><td colspan="4">${block(said)}</td></tr>` : undefined;
  return html`<tr><td class="number">${run.age_seconds.toFixed(1)} s ago</td>
<td><span class="badge ${run.outcome === "ok" ? "ok" : "failing"}">${run.outcome}</span></td><td>${run.exit_code ?? ""}</td>
<td class="number">${run.duration_seconds.toFixed(3)} s</td><td>${block([shown(run.argv)])}</td></tr>${more}`;
}

function block(lines: readonly string[]): Html {
  return html`<pre>${lines.join("\n")}</pre>`;
}

/** A command line, quoted for a shell. */
function shown(argv: readonly string[]): string {
  return argv
    .map((word) => (/^[\w@%+=:,./\u2026*-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`))
    .join(" ");
}
