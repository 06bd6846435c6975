import { clock, whole } from "./browser/units.js";
import { type Html, html } from "./html.ts";
import type { CommandState, Snapshot } from "./snapshot.ts";

/** The status at the top of the page: whether all commands succeed, and which fail since when. */

/** Maximum number of failures that are shown. */
const MAX_FAILURES = 3;

/** Whether the last result of a command is a failure. False before the first one. */
export function isFailing({ outcome }: CommandState): boolean {
  return outcome !== "ok" && outcome !== "none";
}

/** `Up`, or the number of failing commands. */
export function statusPill({ commands }: Snapshot): Html {
  const failing = commands.filter(isFailing).length;
  const waiting = commands.filter(({ outcome }) => outcome === "none").length;
  if (commands.length === 0) return pill("waiting", "No commands");
  if (failing > 0)
    return pill("failing", commands.length === 1 ? "Failing" : `${failing} of ${commands.length} failing`);
  return waiting > 0 ? pill("waiting", "Starting") : pill("ok", "Up");
}

function pill(kind: string, text: string): Html {
  return html`<p class="pill ${kind}" id="status">${text}</p>`;
}

/** The failures. Screen readers announce changes. */
export function banner({ commands, time }: Snapshot): Html {
  const failing = commands.filter(isFailing);
  const shown = failing.slice(0, MAX_FAILURES).map((command) => failure(command, time));
  const more = failing.length - shown.length;
  return html`<div id="banner" role="status">${shown}${
    more > 0 ? html`<p class="more"><a href="#commands">${more} more</a></p>` : undefined
  }</div>`;
}

function failure({ name, detail, failingSince }: CommandState, now: number): Html {
  const since =
    failingSince === undefined
      ? undefined
      : html` since <time datetime="${new Date(failingSince * 1000).toISOString()}">${clock(failingSince)} UTC</time>, for ${whole(now - failingSince)}`;
  return html`<p class="failure"><strong>${name} fails${since}:</strong> ${detail}</p>`;
}
