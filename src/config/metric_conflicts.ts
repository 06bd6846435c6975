import { headConflict, type MetricHead } from "../metric.ts";
import { quote } from "../text.ts";
import type { Blame } from "./command_env.ts";
import type { CommandSection } from "./command_schema.ts";
import type { Problem } from "./problem.ts";
import type { IsLost } from "./rest.ts";

/** Conflicts between the metrics of commands, as far as they are known before a run. */

/** A command with its metrics and its place in its file. */
export type Placed = {
  readonly name: string;
  readonly metrics: readonly DeclaredMetric[];
  /** Whether it runs in scrapes, not only for `/probe`. */
  readonly isScraped: boolean;
  readonly blame: Blame;
  /** The place of one of its metrics, as `file:line:column`. */
  readonly placeOf: (index: number) => string;
};

/** What is known of a metric before a run. */
export type DeclaredMetric = {
  readonly head: MetricHead;
  /** Its place in `metrics`. */
  readonly index: number;
  /** Whether it has no mistakes of its own. */
  readonly isWhole: boolean;
  /** Whether it is one of `metrics`. The others are those of a preset. */
  readonly isOwn: boolean;
  /** Its labels and where their values come from: two with the same text give the same series. Undefined if only some records do. */
  readonly series: string | undefined;
};

/** The metrics of a command, except those with an invalid name. */
export function declaredMetrics(
  { name: command, metrics = [] }: CommandSection,
  presetMetrics: readonly MetricHead[],
  isLost: IsLost,
): readonly DeclaredMetric[] {
  const own = metrics.map(
    ({ name, help, type = "gauge", unit, when, missing, labels = {}, constants = {} }, index) => ({
      head: { name, help, type, ...(unit && { unit }) },
      index,
      isWhole: !isLost("metrics", index),
      isOwn: true,
      series:
        when === undefined && missing !== "absent"
          ? seriesText([
              ...Object.entries(labels).map(([label, field]) => [label, command, field]),
              // An empty label is the same as no label.
              ...Object.entries(constants).filter(([, text]) => text !== ""),
            ])
          : undefined,
    }),
  );
  return [
    ...presetMetrics.map((head, index) => ({ head, index, isWhole: true, isOwn: false, series: seriesText([]) })),
    ...own.filter(({ index }) => !isLost("metrics", index, "name")),
  ];
}

function seriesText(labels: readonly (readonly string[])[]): string {
  return JSON.stringify(labels.map((label) => JSON.stringify(label)).sort());
}

/** Names of the exporter's own metrics, and of the metrics that Prometheus adds to every scrape. */
const RESERVED =
  /^(?:up|scrape_.*|memory_exporter_.*|promhttp_.*|process_.*|nodejs_.*|probe_success|probe_duration_seconds)$/;

type Known = DeclaredMetric & { readonly placed: Placed };

/** Reports metrics that conflict with another metric or have a reserved name. */
export function checkConflicts(all: readonly Placed[], namespace: string): void {
  const byName = new Map<string, Known[]>();
  for (const placed of all) {
    for (const metric of placed.metrics) {
      const { head, index, isOwn } = metric;
      const name = namespace === "memory" ? head.name : head.name.replace(/^memory(?=_)/, namespace);
      const one: Known = { ...metric, placed };
      if (isOwn && (RESERVED.test(name) || name === `${namespace}_up`)) {
        const message = `found ${quote(name)}, which is a name of the exporter or of Prometheus itself, wanted another`;
        placed.blame(message, ["metrics", index, "name"]);
      }
      if (!metric.isWhole) continue;
      const others = byName.get(name) ?? [];
      byName.set(name, others);
      const other = others.find((known) => areTogether(one, known) && conflictOf(one, known) !== undefined);
      if (other) blameFor(one, other);
      others.push(one);
    }
  }
}

/** Whether two metrics are on the same page and not both from presets. Commands that run only for `/probe` have their own page. */
function areTogether(one: Known, other: Known): boolean {
  const isOnePage = one.placed === other.placed || (one.placed.isScraped && other.placed.isScraped);
  return isOnePage && (one.isOwn || other.isOwn);
}

const HEAD_KEYS = ["type", "help", "unit"] as const;

/** How two metrics of the same name conflict. `series`: they are certain to give the same series. */
function conflictOf(one: Known, other: Known): "type" | "help" | "unit" | "series" | undefined {
  const key = HEAD_KEYS.find((key) => one.head[key] !== other.head[key]);
  return key ?? (one.series !== undefined && one.series === other.series ? "series" : undefined);
}

function blameFor(one: Known, other: Known): void {
  const place = other.isOwn ? ` (${other.placed.placeOf(other.index)})` : "";
  const where = `as command ${quote(other.placed.name)} has it${place}`;
  const key = conflictOf(one, other) ?? "series";
  const path = (name: string) => (one.isOwn ? ["metrics", one.index, name] : ["preset"]);
  if (key !== "series") one.placed.blame(headConflict(key, one.head, other.head, where), path(key));
  else
    one.placed.blame(
      `found the series ${quote(one.head.name)} again, ${where}, wanted another label or name`,
      path("name"),
    );
}

/** `file:line:column` of a problem. */
export function placeText({ file, line, column }: Problem): string {
  return `${file}:${line}:${column}`;
}
