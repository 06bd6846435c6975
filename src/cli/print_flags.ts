import { flagsOf } from "./flags.ts";
import { absolutePath, matchers, nonEmpty, positiveDuration, positiveNumber, ratio } from "./values.ts";

/** Flags of `print`. */

const { value } = flagsOf("Print");

export const program = value(
  "print.program=PATH",
  "/usr/local/bin/memory_exporter",
  "Path of the program in systemd units.",
  absolutePath,
);

/** The series that rules select. */
export const selector = value(
  "print.selector=MATCHERS",
  'job="memory"',
  "Label matchers for all series in alerts and recording rules.",
  matchers,
);

const ofAlerts = flagsOf("Alerts");

/** Thresholds of alerts. */
export const thresholds = {
  usedRatio: ofAlerts.value("alerts.used-ratio=RATIO", "0.9", "Ratio of used memory at which to warn.", ratio),
  usedCriticalRatio: ofAlerts.value(
    "alerts.used-critical-ratio=RATIO",
    "0.95",
    "Ratio of used memory that is critical.",
    ratio,
  ),
  runsOutMs: ofAlerts.value(
    "alerts.runs-out-in=DURATION",
    "4h",
    "Warn if memory is predicted to run out within this time.",
    positiveDuration,
  ),
  waitingRatio: ofAlerts.value(
    "alerts.waiting-ratio=RATIO",
    "0.1",
    "Ratio of time in which some tasks wait for memory at which to warn.",
    ratio,
  ),
  stalledRatio: ofAlerts.value(
    "alerts.stalled-ratio=RATIO",
    "0.05",
    "Ratio of time in which all tasks wait for memory that is critical.",
    ratio,
  ),
  swappedPages: ofAlerts.value(
    "alerts.swapped-pages=N",
    "250",
    "Pages per second, both swapped in and swapped out, at which to warn.",
    positiveNumber,
  ),
  zramRatio: ofAlerts.value(
    "alerts.zram-ratio=RATIO",
    "0.9",
    "Ratio of the used size of a zram device at which to warn.",
    ratio,
  ),
  failedRatio: ofAlerts.value(
    "alerts.failed-ratio=RATIO",
    "0.1",
    "Ratio of failed runs of a command in an hour at which to warn.",
    ratio,
  ),
  slowRatio: ofAlerts.value(
    "alerts.slow-ratio=RATIO",
    "0.8",
    "Ratio of the duration of a command to its timeout at which to warn.",
    ratio,
  ),
  staleMs: ofAlerts.value(
    "alerts.stale-after=DURATION",
    "15m",
    "Age of the last successful run of a command at which to warn.",
    positiveDuration,
  ),
} as const;

export const runbook = ofAlerts.value(
  "alerts.runbook-url=URL",
  "docs/alerts.md",
  "URL of docs/alerts.md, for the runbook links of alerts.",
  nonEmpty,
);
