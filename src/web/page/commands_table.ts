import { duration, whole } from "./browser/units.js";
import { type Html, html, NO_VALUE } from "./html.ts";
import type { CommandState, RunEnd } from "./snapshot.ts";
import { isFailing } from "./status.ts";

/** All commands, with the outcomes of their latest runs. */
export function commandsTable(commands: readonly CommandState[], now: number): Html {
  const rows = commands.map((command) => commandRow(command, now));
  const none = html`<p>No commands are configured.</p>`;
  return html`<section class="card" id="commands" aria-labelledby="commands-title">
<h2 id="commands-title">Commands</h2>
${commands.length === 0 ? none : tableOf(rows)}
</section>`;
}

function tableOf(rows: readonly Html[]): Html {
  const heads = ["Command", "Result", "Duration", "Age", "Latest runs", "Last error"];
  return html`<table class="stacked" role="table">
<thead role="rowgroup"><tr role="row">${heads.map((head) => html`<th scope="col" role="columnheader">${head}</th>`)}</tr></thead>
<tbody role="rowgroup">${rows}</tbody>
</table>`;
}

function commandRow(command: CommandState, now: number): Html {
  const { name, shown, outcome, seconds, ageSeconds, timeoutSeconds, recent } = command;
  const cell = (head: string, content: Html) => html`<td role="cell" data-head="${head}">${content}</td>`;
  const took =
    seconds === undefined
      ? NO_VALUE
      : html`<span title="${seconds.toFixed(6)} s, at most ${timeoutSeconds} s">${duration(seconds)}</span>`;
  return html`<tr role="row">
<th scope="row" role="rowheader">${name}${shown === "" ? undefined : html`<code>${shown}</code>`}</th>
${cell("Result", html`<span class="badge ${isFailing(command) ? "failing" : outcome}">${outcome === "none" ? "no result yet" : outcome}</span>${running(command)}`)}
${cell("Duration", took)}
${cell("Age", html`${ageSeconds === undefined ? "–" : whole(ageSeconds)}`)}
${cell("Latest runs", strip(recent))}
${cell("Last error", lastError(command, now))}
</tr>`;
}

/** The current run, unless it has just begun. */
function running({ runningSeconds }: CommandState): Html | undefined {
  if (runningSeconds === undefined || runningSeconds < 0.25) return undefined;
  return html` <span class="running">running for ${whole(runningSeconds)}</span>`;
}

const BAR = 6;
const BAR_HEIGHT = 18;

/** A bar for each run, the last one at the right. Failed ones are higher, so that they can be seen without colours. */
function strip(recent: readonly RunEnd[]): Html {
  if (recent.length === 0) return NO_VALUE;
  const failed = recent.filter(({ outcome }) => outcome !== "ok").length;
  const runs = recent.length === 1 ? "1 run" : `${recent.length} runs`;
  const label = `${runs}, ${failed === 0 ? "all ok" : `${failed} failed`}`;
  const bars = recent.map(({ outcome, seconds }, index) => {
    const height = outcome === "ok" ? BAR_HEIGHT / 2 : BAR_HEIGHT;
    const x = index * BAR;
    return html`<rect class="${outcome === "ok" ? "ok" : "failing"}" x="${x}" y="${BAR_HEIGHT - height}" width="${BAR - 2}" height="${height}" rx="1"><title>${outcome}, ${duration(seconds)}</title></rect>`;
  });
  return html`<svg class="strip" role="img" aria-label="${label}" viewBox="0 0 ${recent.length * BAR} ${BAR_HEIGHT}" width="${recent.length * BAR}" height="${BAR_HEIGHT}">${bars}</svg>`;
}

function lastError({ lastError: error, outcome, detail }: CommandState, now: number): Html {
  // A result may be a failure although its run succeeded.
  if (error === undefined) return html`${outcome === "ok" || outcome === "none" ? "–" : detail}`;
  return html`<span class="error">${error.detail}</span> <span class="ago">${whole(now - error.time)} ago</span>`;
}
