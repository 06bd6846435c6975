import { inNamespace } from "../../gather/assembly.ts";
import type { Chart, Row } from "./charts.ts";
import type { Snapshot } from "./snapshot.ts";
import { isFailing } from "./status.ts";

/** Data about the exporter in the JSON. */
export type About = { readonly host: string; readonly version: string; readonly namespace: string };

/**
 * The answer of /api/v1/live: the data of the page, with the rows of the charts since `since`. Times are in seconds since the
 * epoch. Names and units are those of the metrics; swap_in and swap_out are in pages per second, waiting and stalled are ratios.
 * The columns of a chart have the length of its column `time`; null is a gap.
 */
export function liveJson(snapshot: Snapshot, since: number, { host, version, namespace }: About): string {
  const { time, commands, figures, waiting, stalled, charts, metrics } = snapshot;
  const answer = {
    ...{ time, host, version, up: !commands.some(isFailing) },
    figures: { ...figures, waiting, stalled },
    commands: commands.map((command) => ({
      name: command.name,
      command: command.shown,
      outcome: command.outcome,
      detail: command.detail,
      failing_since: command.failingSince ?? null,
      duration_seconds: command.seconds ?? null,
      age_seconds: command.ageSeconds ?? null,
      timeout_seconds: command.timeoutSeconds,
      running_seconds: command.runningSeconds ?? null,
      runs: command.recent,
      last_error: command.lastError ?? null,
    })),
    charts: Object.fromEntries(Object.entries(charts).map(([name, chart]) => [name, columnsOf(chart, since)])),
    metrics: metrics.flatMap(({ command, families }) =>
      families.map((family) => {
        const { name, type, unit = "", samples } = inNamespace(family, namespace);
        return { command, name, type, unit, samples: samples.filter(({ value }) => Number.isFinite(value)) };
      }),
    ),
  };
  return `${JSON.stringify(answer)}\n`;
}

function columnsOf({ columns, rows }: Chart, since: number) {
  const wanted = rows.filter(({ time }) => time >= since);
  return {
    time: wanted.map(({ time }) => time),
    ...Object.fromEntries(columns.map((column) => [column, wanted.map((row) => valueIn(row, column))])),
  };
}

/** Rounded to six decimals, more than any figure has. */
function valueIn({ values }: Row, column: string): number | null {
  const value = values[column];
  return value === undefined ? null : Math.round(value * 1e6) / 1e6;
}
