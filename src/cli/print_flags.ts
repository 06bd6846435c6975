import { flagsOf } from "./flags.ts";
import { absolutePath, matchers, nonEmpty, positiveDuration, positiveNumber, ratio } from "./values.ts";

/** Flags that say how something is printed. */

const { value } = flagsOf("Print");

export const program = value(
  "print.program=PATH",
  "/usr/local/bin/memory_exporter",
  "Where the program is, in a unit for systemd.",
  absolutePath,
);

/** Which series rules are about. */
export const selector = value(
  "print.selector=MATCHERS",
  'job="memory"',
  "Matchers of all series in alerts and recording rules.",
  matchers,
);

const ofAlerts = flagsOf("Alerts");

/** What makes alerts fire. */
export const thresholds = {
  usedRatio: ofAlerts.value("alerts.used-ratio=RATIO", "0.9", "Share of memory in use that is a warning.", ratio),
  usedCriticalRatio: ofAlerts.value(
    "alerts.used-critical-ratio=RATIO",
    "0.95",
    "Share of memory in use that is critical.",
    ratio,
  ),
  runsOutMs: ofAlerts.value(
    "alerts.runs-out-in=DURATION",
    "4h",
    "Warn if memory is used up within this time, by its trend.",
    positiveDuration,
  ),
  waitingRatio: ofAlerts.value(
    "alerts.waiting-ratio=RATIO",
    "0.1",
    "Share of time in which some task waits for memory that is a warning.",
    ratio,
  ),
  stalledRatio: ofAlerts.value(
    "alerts.stalled-ratio=RATIO",
    "0.05",
    "Share of time in which all tasks wait for memory that is critical.",
    ratio,
  ),
  swappedPages: ofAlerts.value(
    "alerts.swapped-pages=N",
    "250",
    "Pages a second, both in and out of swap, that are a warning.",
    positiveNumber,
  ),
  zramRatio: ofAlerts.value(
    "alerts.zram-ratio=RATIO",
    "0.9",
    "Share of a zram device in use that is a warning.",
    ratio,
  ),
  failedRatio: ofAlerts.value(
    "alerts.failed-ratio=RATIO",
    "0.1",
    "Share of the runs of a command that fail in an hour that is a warning.",
    ratio,
  ),
  slowRatio: ofAlerts.value(
    "alerts.slow-ratio=RATIO",
    "0.8",
    "Share of its timeout that a command takes that is a warning.",
    ratio,
  ),
  staleMs: ofAlerts.value(
    "alerts.stale-after=DURATION",
    "15m",
    "Age of the last success of a command that is a warning.",
    positiveDuration,
  ),
} as const;

export const runbook = ofAlerts.value(
  "alerts.runbook-url=URL",
  "docs/alerts.md",
  "Where docs/alerts.md can be read, for the links of alerts.",
  nonEmpty,
);
