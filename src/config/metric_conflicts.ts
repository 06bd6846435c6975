import type { MetricHead } from "../metric.ts";
import { quote } from "../text.ts";
import type { Blame } from "./command_env.ts";
import type { ConfiguredCommand, MetricLabels } from "./command_source.ts";
import type { Problem } from "./problem.ts";

/** What commands tell of each other's metrics, as far as it can be known before a run. */

/** A command with its place in its file. */
export type Placed = {
  readonly command: ConfiguredCommand;
  readonly blame: Blame;
  /** Where a metric of it stands, as `file:line:column`. */
  readonly placeOf: (index: number) => string;
};

/** Names of the exporter itself, and of what Prometheus adds to every scrape. */
const RESERVED =
  /^(?:up|scrape_.*|memory_exporter_.*|promhttp_.*|process_.*|nodejs_.*|probe_success|probe_duration_seconds)$/;

type Known = {
  readonly head: MetricHead;
  readonly placed: Placed;
  readonly index: number;
  /** Undefined where a preset gives it. */
  readonly labels: MetricLabels | undefined;
};

/** Tells every metric that can't stand beside another one, or that has a name of the exporter's own. */
export function checkConflicts(all: readonly Placed[], namespace: string): void {
  const byName = new Map<string, Known[]>();
  for (const placed of all) {
    const { heads, labels, preset } = placed.command;
    heads.forEach((head, index) => {
      const name = namespace === "memory" ? head.name : head.name.replace(/^memory(?=_)/, namespace);
      const one: Known = { head, placed, index, labels: preset ? undefined : (labels[index] ?? {}) };
      if (one.labels && (RESERVED.test(name) || name === `${namespace}_up`)) {
        const message = `found ${quote(name)}, which is a name of the exporter or of Prometheus itself, wanted another`;
        placed.blame(message, ["metrics", index, "name"]);
      }
      const others = byName.get(name) ?? [];
      for (const other of others) if (areTogether(one, other)) compare(one, other);
      byName.set(name, [...others, one]);
    });
  }
}

/** Whether two metrics come on one page, and not both from presets. What runs for `/probe` alone has a page of its own. */
function areTogether(one: Known, other: Known): boolean {
  const isOnePage = one.placed === other.placed || Boolean(one.placed.command.source && other.placed.command.source);
  return isOnePage && Boolean(one.labels || other.labels);
}

function compare(one: Known, other: Known): void {
  const place = other.labels ? ` (${other.placed.placeOf(other.index)})` : "";
  const where = `as command ${quote(other.placed.command.name)} has it${place}`;
  const key = (["type", "help", "unit"] as const).find((key) => one.head[key] !== other.head[key]);
  const at = (name: string) => (one.labels ? ["metrics", one.index, name] : ["preset"]);
  if (key !== undefined) {
    const [found = "none", wanted = "none"] = [one.head[key], other.head[key]];
    one.placed.blame(
      `found ${key} ${quote(found)} of ${quote(one.head.name)}, wanted ${quote(wanted)}, ${where}`,
      at(key),
    );
  } else if (isSameSeries(one.labels ?? {}, other.labels ?? {})) {
    one.placed.blame(
      `found the series ${quote(one.head.name)} again, ${where}, wanted another label or name`,
      at("name"),
    );
  }
}

/** Whether two metrics have the same labels with the same values, whatever fields hold. */
function isSameSeries(one: MetricLabels, other: MetricLabels): boolean {
  const names = Object.keys(one);
  if (names.length !== Object.keys(other).length) return false;
  return names.every((name) => one[name] !== undefined && one[name] === other[name]);
}

/** `file:line:column` of a problem. */
export function placeText({ file, line, column }: Problem): string {
  return `${file}:${line}:${column}`;
}
