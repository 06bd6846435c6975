import { clock, whole } from "./browser/units.js";
import { type Html, html } from "./html.ts";
import type { CommandLook, Look } from "./look.ts";

/** What the page says at first sight: whether all is well, and if not, what fails and since when. */

/** Failures that are told one by one. */
const TOLD = 3;

/** Whether a command's last result is no success. One that has none yet isn't failing. */
export function isFailing({ outcome }: CommandLook): boolean {
  return outcome !== "ok" && outcome !== "none";
}

/** `up`, or how many fail, in a word or two. */
export function statusPill({ commands }: Look): Html {
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

/** What fails. Assistive technology reads it out when it changes. */
export function banner({ commands, time }: Look): Html {
  const failing = commands.filter(isFailing);
  const told = failing.slice(0, TOLD).map((command) => failure(command, time));
  const more = failing.length - told.length;
  return html`<div id="banner" role="status">${told}${
    more > 0 ? html`<p class="more"><a href="#commands">${more} more</a></p>` : undefined
  }</div>`;
}

function failure({ name, detail, failingSince }: CommandLook, now: number): Html {
  const since =
    failingSince === undefined
      ? undefined
      : html` since <time datetime="${new Date(failingSince * 1000).toISOString()}">${clock(failingSince)} UTC</time>, for ${whole(now - failingSince)}`;
  return html`<p class="failure"><strong>${name} fails${since}:</strong> ${detail}</p>`;
}
