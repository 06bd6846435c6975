import { scoped } from "./expression.ts";
import { type Panel, ROWS, type Row } from "./panels.ts";

/** The dashboard for Grafana 10 and later, made from the rows of panels. The output is reproducible. */

/** Matchers of the rows, with variables of the dashboard. */
const MATCHERS: Readonly<Record<Row["about"], string>> = {
  jobs: 'job=~"$job"',
  instances: 'job=~"$job",instance=~"$instance"',
};

/** The data source that the user selects. */
const DATA_SOURCE = { type: "prometheus", uid: `\${datasource}` };
const COLUMNS = 24;
/** Heights, in Grafana's units. */
const HEIGHTS: Readonly<Record<Panel["kind"], number>> = { stat: 4, gauge: 4, bargauge: 8, timeseries: 8 };

/** The dashboard as JSON. */
export function dashboard(namespace: string): string {
  const build = "memory_exporter_build_info";
  const file = {
    title: "memory_exporter",
    uid: "memory-exporter",
    description: "Memory of machines, and the commands that report it.",
    tags: ["memory", "prometheus"],
    schemaVersion: 39,
    version: 1,
    editable: true,
    graphTooltip: 1,
    refresh: "1m",
    time: { from: "now-6h", to: "now" },
    timezone: "browser",
    annotations: { list: [] },
    links: [],
    templating: {
      list: [
        {
          ...{ name: "datasource", label: "Data source", type: "datasource", query: "prometheus", hide: 0, regex: "" },
          ...{ current: {}, options: [], includeAll: false, multi: false, refresh: 1 },
        },
        variable("job", `label_values(${build}, job)`),
        variable("instance", `label_values(${build}{job=~"$job"}, instance)`),
      ],
    },
    panels: panelsOf(namespace),
  };
  return `${JSON.stringify(sorted(file), null, 2)}\n`;
}

function variable(name: string, query: string): object {
  return {
    ...{ name, label: name, type: "query", datasource: DATA_SOURCE, definition: query, hide: 0, regex: "" },
    ...{ query: { query, refId: name }, includeAll: true, multi: true, refresh: 2, sort: 1 },
    current: { selected: true, text: ["All"], value: ["$__all"] },
  };
}

/** Rows and panels, arranged from left to right and top to bottom. */
function panelsOf(namespace: string): object[] {
  const made: object[] = [];
  let [x, y, height] = [0, 0, 0];
  const place = (w: number, h: number) => {
    if (x + w > COLUMNS) [x, y, height] = [0, y + height, 0];
    const at = { x, y, w, h };
    [x, height] = [x + w, Math.max(height, h)];
    return at;
  };
  for (const { title, about, panels } of ROWS) {
    x = COLUMNS;
    made.push({ id: made.length + 1, type: "row", title, collapsed: false, gridPos: place(COLUMNS, 1), panels: [] });
    for (const panel of panels) {
      const gridPos = place(panel.width, HEIGHTS[panel.kind]);
      const scope = { selector: MATCHERS[about], namespace };
      made.push({ id: made.length + 1, gridPos, ...panelOf(panel, (expression) => scoped(expression, scope)) });
    }
  }
  return made;
}

function panelOf(
  { title, kind, unit, description, isStacked, steps, queries }: Panel,
  scope: (text: string) => string,
) {
  const isGraph = kind === "timeseries";
  const targets = Object.entries(queries).map(([legendFormat, expression], index) => ({
    refId: String.fromCharCode(65 + index),
    datasource: DATA_SOURCE,
    expr: scope(expression),
    legendFormat,
    ...(isGraph ? { range: true } : { instant: true }),
  }));
  const custom = { fillOpacity: isStacked ? 40 : 0, stacking: { mode: isStacked ? "normal" : "none" } };
  const colours = ["green", "yellow", "red"];
  const limits = [null, ...(steps ?? [])].map((value, index) => ({ color: colours[index], value }));
  const options = isGraph
    ? {
        legend: { displayMode: "table", placement: "bottom", calcs: ["lastNotNull", "max"] },
        tooltip: { mode: "multi" },
      }
    : { reduceOptions: { calcs: ["lastNotNull"], fields: "", values: false }, orientation: "horizontal" };
  return {
    ...{ title, type: kind, datasource: DATA_SOURCE, targets, options },
    ...(description !== undefined && { description }),
    fieldConfig: {
      defaults: {
        unit,
        thresholds: { mode: "absolute", steps: limits },
        ...(isGraph && { custom }),
        ...(unit === "percentunit" && !isGraph && { min: 0, max: 1 }),
        ...(isGraph && { min: 0 }),
      },
      overrides: [],
    },
  };
}

/** The same value with sorted keys. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, one]) => [key, sorted(one)]));
}
