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
  /** Its labels, and where their values come from: the same text is the same value. Metrics of presets have no labels here. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Whether it is made of each record, not of some. */
  readonly isAlways?: boolean;
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
      labels: Object.fromEntries([
        ...Object.entries(labels).map(([label, field]) => [label, JSON.stringify({ command, field })]),
        ...Object.entries(constants).map(([label, text]) => [label, JSON.stringify({ text })]),
      ]),
      isAlways: when === undefined && missing !== "absent",
    }),
  );
  return [
    ...presetMetrics.map((head, index) => ({ head, index, isWhole: true })),
    ...own.filter(({ index }) => !isLost("metrics", index, "name")),
  ];
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
      const { head, index } = metric;
      const name = namespace === "memory" ? head.name : head.name.replace(/^memory(?=_)/, namespace);
      const one: Known = { ...metric, placed };
      if (one.labels && (RESERVED.test(name) || name === `${namespace}_up`)) {
        const message = `found ${quote(name)}, which is a name of the exporter or of Prometheus itself, wanted another`;
        placed.blame(message, ["metrics", index, "name"]);
      }
      if (!metric.isWhole) continue;
      const others = byName.get(name) ?? [];
      for (const other of others) if (areTogether(one, other)) compare(one, other);
      byName.set(name, [...others, one]);
    }
  }
}

/** Whether two metrics are on the same page and not both from presets. Commands that run only for `/probe` have their own page. */
function areTogether(one: Known, other: Known): boolean {
  const isOnePage = one.placed === other.placed || (one.placed.isScraped && other.placed.isScraped);
  return isOnePage && Boolean(one.labels || other.labels);
}

function compare(one: Known, other: Known): void {
  const place = other.labels ? ` (${other.placed.placeOf(other.index)})` : "";
  const where = `as command ${quote(other.placed.name)} has it${place}`;
  const key = (["type", "help", "unit"] as const).find((key) => one.head[key] !== other.head[key]);
  const at = (name: string) => (one.labels ? ["metrics", one.index, name] : ["preset"]);
  if (key !== undefined) {
    one.placed.blame(headConflict(key, one.head, other.head, where), at(key));
  } else if (one.isAlways && other.isAlways && isSameSeries(one.labels ?? {}, other.labels ?? {})) {
    one.placed.blame(
      `found the series ${quote(one.head.name)} again, ${where}, wanted another label or name`,
      at("name"),
    );
  }
}

/** Whether two metrics certainly have the same labels with the same values. */
function isSameSeries(one: NonNullable<Known["labels"]>, other: NonNullable<Known["labels"]>): boolean {
  const names = Object.keys(one);
  if (names.length !== Object.keys(other).length) return false;
  return names.every((name) => one[name] === other[name]);
}

/** `file:line:column` of a problem. */
export function placeText({ file, line, column }: Problem): string {
  return `${file}:${line}:${column}`;
}
