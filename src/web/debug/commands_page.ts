import { escapeHtml } from "../page/html.ts";
import { debugPage } from "./page.ts";
import type { CommandReport, RunReport } from "./report.ts";

/** The page at /debug/commands. */
export function commandsPage(reports: readonly CommandReport[]): string {
  const json = '<p>The same as <a href="commands?format=json">JSON</a>.</p>';
  return debugPage("/debug/commands", [json, ...reports.map(commandSection)].join("\n"));
}

function commandSection(report: CommandReport): string {
  const counts = Object.entries(report.runs).map(([outcome, count]) => `${count} ${outcome}`);
  const facts: readonly (readonly [string, string])[] = [
    ["Commands or files", block(report.attempts.map(shown))],
    ["Variables", block([report.environment.join(" ")])],
    ["Limits", `${report.timeout_seconds} s, ${report.max_output_bytes} bytes`],
    ["Runs", escapeHtml(counts.join(", ")) || "none"],
    ["Stragglers killed", `${report.stragglers_killed}`],
  ];
  const rows = facts.map(([name, html]) => `<tr><th>${name}</th><td>${html}</td></tr>`);
  return `<h2>${escapeHtml(report.name)}</h2>
<table>
${rows.join("\n")}
</table>
<h3>Last run</h3>
${report.last ? runsTable([report.last]) : "<p>None has ended yet.</p>"}
<h3>Latest failures</h3>
${report.failures.length > 0 ? runsTable(report.failures) : "<p>None.</p>"}`;
}

function runsTable(runs: readonly RunReport[]): string {
  return `<table>
<tr><th>Ended</th><th>Outcome</th><th>Exit</th><th>Took</th><th>Command line</th></tr>
${runs.map(runRows).join("\n")}
</table>`;
}

/** A row of figures, and below it what is known of a failure. */
function runRows(run: RunReport): string {
  const cells = [
    `${run.age_seconds.toFixed(1)} s ago`,
    `<span class="${run.outcome === "ok" ? "ok" : "failed"}">${run.outcome}</span>`,
    `${run.exit_code ?? ""}`,
    `${run.duration_seconds.toFixed(3)} s`,
    block([shown(run.argv)]),
  ];
  const figures = `<tr>${cells.map((cell) => `<td>${cell}</td>`).join("")}</tr>`;
  const said = [run.detail, run.stderr_tail ?? ""].filter((text) => text !== "");
  return said.length === 0 ? figures : `${figures}\n<tr><td></td><td colspan="4">${block(said)}</td></tr>`;
}

function block(lines: readonly string[]): string {
  return `<pre>${escapeHtml(lines.join("\n"))}</pre>`;
}

/** A command line with quotes around the words that need them in a shell. */
function shown(argv: readonly string[]): string {
  return argv
    .map((word) => (/^[\w@%+=:,./\u2026*-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`))
    .join(" ");
}
