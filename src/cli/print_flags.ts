import { type Flag, valueFlag } from "./flags.ts";
import { absolutePath, matchers, nonEmpty, positiveDuration, positiveNumber, ratio } from "./values.ts";

/** Flags that say how something is printed. */

const PRINT = "Print";

export const program = valueFlag(
  {
    name: "print.program",
    group: PRINT,
    placeholder: "PATH",
    shown: "/usr/local/bin/memory_exporter",
    help: "Where the program is, in a unit for systemd.",
  },
  absolutePath,
);

/** Which series rules are about. */
export const selector = valueFlag(
  {
    name: "print.selector",
    group: PRINT,
    placeholder: "MATCHERS",
    shown: 'job="memory"',
    help: "Matchers of all series in alerts and recording rules.",
  },
  matchers,
);

const ALERTS = "Alerts";

function threshold(
  [name, shown]: readonly [string, string],
  placeholder: string,
  help: string,
  read: (text: string) => number,
): Flag<number> {
  return valueFlag({ name: `alerts.${name}`, group: ALERTS, placeholder, shown, help }, read);
}

/** What makes alerts fire. */
export const thresholds = {
  usedRatio: threshold(["used-ratio", "0.9"], "RATIO", "Share of memory in use that is a warning.", ratio),
  usedCriticalRatio: threshold(
    ["used-critical-ratio", "0.95"],
    "RATIO",
    "Share of memory in use that is critical.",
    ratio,
  ),
  runsOutMs: threshold(
    ["runs-out-in", "4h"],
    "DURATION",
    "Warn if memory is used up within this time, by its trend.",
    positiveDuration,
  ),
  waitingRatio: threshold(
    ["waiting-ratio", "0.1"],
    "RATIO",
    "Share of time in which some task waits for memory that is a warning.",
    ratio,
  ),
  stalledRatio: threshold(
    ["stalled-ratio", "0.05"],
    "RATIO",
    "Share of time in which all tasks wait for memory that is critical.",
    ratio,
  ),
  swappedPages: threshold(
    ["swapped-pages", "250"],
    "N",
    "Pages a second, both in and out of swap, that are a warning.",
    positiveNumber,
  ),
  zramRatio: threshold(["zram-ratio", "0.9"], "RATIO", "Share of a zram device in use that is a warning.", ratio),
  failedRatio: threshold(
    ["failed-ratio", "0.1"],
    "RATIO",
    "Share of the runs of a command that fail in an hour that is a warning.",
    ratio,
  ),
  slowRatio: threshold(
    ["slow-ratio", "0.8"],
    "RATIO",
    "Share of its timeout that a command takes that is a warning.",
    ratio,
  ),
  staleMs: threshold(
    ["stale-after", "15m"],
    "DURATION",
    "Age of the last success of a command that is a warning.",
    positiveDuration,
  ),
} as const;

export const runbook = valueFlag(
  {
    name: "alerts.runbook-url",
    group: ALERTS,
    placeholder: "URL",
    shown: "docs/alerts.md",
    help: "Where docs/alerts.md can be read, for the links of alerts.",
  },
  nonEmpty,
);
