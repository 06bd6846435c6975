import { readFileSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { type Exporter, withExporter } from "../exporter.ts";
import { ask } from "../http.ts";
import { CLEAN, KNOWN, ODD, type Page } from "../passthrough_pages.ts";
import { KNOWN_TYPES, ODD_TYPES } from "../passthrough_types.ts";
import { hasPrometheus, withPrometheus } from "../prometheus.ts";
import { hasPrometheus3, PROMETHEUS_3, PROMTOOL_3, withServer } from "../servers.ts";
import { until, withFolder } from "../stand_in.ts";
import { needs, runTool } from "../tools.ts";

/** What a real Prometheus stores of a page that it scrapes itself, and of the same page through the exporter. */

type Kind = { readonly name: string; readonly program: string; readonly protocol?: string };
type Numbered = Page & { readonly title: string; readonly path: string };

const OPENMETRICS = "OpenMetricsText1.0.0";
const KINDS: readonly (Kind & { readonly here: boolean })[] = [
  { name: "Prometheus 2", here: hasPrometheus, program: "prometheus" },
  { name: "Prometheus 3, OpenMetrics", here: hasPrometheus3(), program: PROMETHEUS_3, protocol: OPENMETRICS },
  { name: "Prometheus 3, text", here: hasPrometheus3(), program: PROMETHEUS_3, protocol: "PrometheusText1.0.0" },
];

for (const kind of KINDS) {
  (kind.here ? test : test.skip)(`${kind.name} stores the same of pages through the exporter`, () => compare(kind));
}

(hasPrometheus3() ? test : test.skip)("promtool finds nothing wrong with what is called clean", () => {
  for (const [title, { text }] of Object.entries(CLEAN)) {
    if (text.endsWith("# EOF\n")) continue;
    assert.is(runTool(PROMTOOL_3, ["check", "metrics"], text).status, 0, title);
  }
});

async function compare(kind: Kind): Promise<void> {
  const clean: Record<string, Page> = { ...CLEAN };
  const nodeExporter = await nodeExporterPage();
  if (nodeExporter !== undefined) clean.node_exporter = { text: nodeExporter };
  const odd = Object.entries({ ...ODD, ...ODD_TYPES }).map(([title, text]): [string, Page] => [title, { text }]);
  await withFolder(async (folder) => {
    const pages = [...Object.entries(clean), ...odd].map(([title, page], i) => ({
      ...page,
      title,
      path: join(folder, `p${i}`),
    }));
    for (const { path, text } of pages) writeFileSync(path, text);
    const direct = await serve(pages);
    try {
      const args = [
        `--config.file=${commandsOf(pages, folder)}`,
        "--web.exporter-metrics=none",
        "--web.max-requests=0",
      ];
      await withExporter({ args }, async (exporter) => {
        const places = { direct: hostOf(direct), exporter: new URL(exporter.url).host };
        await withPrometheus(
          scrapesOf(kind, places, pages.length),
          folder,
          (api) => holdsTheSame(api, kind, pages, exporter),
          { program: kind.program, args: ["--enable-feature=exemplar-storage"] },
        );
      });
    } finally {
      direct.close();
    }
  });
}

/** What a real node_exporter says, where there is one. */
async function nodeExporterPage(): Promise<string | undefined> {
  const program = "prometheus-node-exporter";
  if (!needs(program, "--version")) return undefined;
  const args = (listen: string) => [`--web.listen-address=${listen}`];
  return withServer({ program, args, ready: "/" }, async ({ url }) => (await ask(`${url}/metrics`)).text);
}

function serve(pages: readonly Numbered[]): Promise<Server> {
  const server = createServer((request, response) => {
    const page = readFileSync(pages[Number(request.url?.slice(1))]?.path ?? "");
    const isOpenMetrics = page.toString().endsWith("# EOF\n");
    const type = isOpenMetrics ? "application/openmetrics-text; version=1.0.0" : "text/plain; version=0.0.4";
    response.setHeader("content-type", `${type}; charset=utf-8`).end(page);
  });
  return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(server)));
}

function hostOf(server: Server): string {
  const address = server.address();
  return typeof address === "object" && address ? `127.0.0.1:${address.port}` : "";
}

/** Every third page is printed by a program, the others are read. */
function commandsOf(pages: readonly Numbered[], folder: string): string {
  const commands = pages.map(({ path }, i) => ({
    name: `p${i}`,
    ...(i % 3 === 0 ? { command: ["cat", path] } : { file: path }),
    parser: { format: "prometheus" },
    max_series: 100_000,
  }));
  const config = join(folder, "commands.yml");
  writeFileSync(config, JSON.stringify({ commands }));
  return config;
}

/** Each page is a target of its own on both ways. They differ by the label `via` only. */
function scrapesOf({ protocol }: Kind, places: Readonly<Record<string, string>>, count: number): string {
  const jobs = Object.entries(places).flatMap(([via, host]) =>
    Array.from({ length: count }, (_, i) => ({
      job_name: `${via} ${i}`,
      honor_labels: true,
      ...(protocol && { scrape_protocols: [protocol] }),
      ...(via === "direct" ? { metrics_path: `/${i}` } : { params: { "collect[]": [`p${i}`] } }),
      static_configs: [{ targets: [host], labels: { via, page: `${i}`, ...COMMON } }],
    })),
  );
  return JSON.stringify({ global: { scrape_interval: "5s", scrape_timeout: "5s" }, scrape_configs: jobs });
}
const COMMON = { job: "pages", instance: "one" };

async function holdsTheSame(api: string, kind: Kind, pages: readonly Numbered[], exporter: Exporter): Promise<void> {
  const count = async (expression: string) => (await query(api, expression)).length;
  await until("each page stored or refused", async () => {
    const refused = refusalsOf(await exporter.logged());
    const isRead = new Set([...refused.keys()].map((page) => `exporter ${page}`));
    for (const { metric } of await query(api, `max_over_time(up{via="direct"}[1h]) == 1`))
      isRead.add(`direct ${metric.page}`);
    for (const { metric } of await query(api, `max_over_time(memory_up[1h]) == 1`))
      isRead.add(`exporter ${metric.page}`);
    // A busy machine lets scrapes fail too: those come again.
    for (const { labels, lastError } of (await data(api, "targets", {})).activeTargets) {
      if (lastError && !/deadline|HTTP status|connect/.test(lastError)) isRead.add(`${labels.via} ${labels.page}`);
    }
    return isRead.size === 2 * pages.length;
  });
  const [direct, through] = [await storedBy(api, "direct", kind), await storedBy(api, "exporter", kind)];
  const refusals = refusalsOf(await exporter.logged());
  const found = pages.map(({ title }, i) => [title, verdict(direct.get(`${i}`), through.get(`${i}`), refusals.get(i))]);
  const known = { ...KNOWN[kind.name], ...KNOWN_TYPES[kind.name] };
  const wanted = pages.map(({ title }) => [title, known[title] ?? "same"]);
  assert.equal(Object.fromEntries(found), Object.fromEntries(wanted));
  for (const { path, later } of pages) if (later !== undefined) writeFileSync(path, later);
  // Only a stale marker takes a series away before five minutes have gone by.
  await until("stale on both ways", async () => {
    const gone = (await count('left{a="goes"}')) + (await count("broken"));
    return gone === 0 && (await count('left{a="stays"}')) === 2;
  });
  for (const gone of ['left{a="goes"}', "broken"]) assert.is(await count(`last_over_time(${gone}[1h])`), 2, gone);
}

type Exemplar = { readonly labels: Record<string, string>; readonly value: string; readonly timestamp: number };
type Found = { readonly metric: Record<string, string>; readonly values: readonly (readonly [number, string])[] };

async function data(api: string, path: string, parameters: Record<string, string>) {
  const { text } = await ask(`${api}/${path}?${new URLSearchParams(parameters)}`);
  return JSON.parse(text).data;
}

const query = async (api: string, expression: string): Promise<readonly Found[]> =>
  (await data(api, "query", { query: expression })).result;

/** What is stored of each page; undefined where a scrape failed. */
async function storedBy(api: string, via: string, kind: Kind): Promise<ReadonlyMap<string, readonly string[]>> {
  const stored = new Map<string, string[]>();
  for (const { metric } of await query(api, `max_over_time(up{via="${via}"}[1h]) == 1`))
    stored.set(metric.page ?? "", []);
  const add = (page: string | undefined, line: string) => stored.get(page ?? "")?.push(line);
  for (const { metric, values } of await query(api, `{via="${via}",__name__!~"${OWN}"}[1h]`)) {
    const { via: _, page, ...labels } = metric;
    const scraped = new Set((await timesOf(api, page, via)).map(String));
    const all = values.map(([time, value]) => (scraped.has(`${time}`) ? value : `${value} at ${time}`));
    add(page, `${keyOf(kind.protocol ? labels : withBoundsInOneForm(labels))} ${[...new Set(all)].sort().join(", ")}`);
  }
  const exemplars = await data(api, "query_exemplars", { query: `{via="${via}"}`, start: "0", end: "9999999999" });
  for (const { seriesLabels, exemplars: some } of exemplars) {
    const { via: _, page, ...labels } = seriesLabels;
    const scraped = await timesOf(api, page, via);
    const told = some.map(({ labels: own, value, timestamp }: Exemplar) =>
      JSON.stringify(scraped.includes(timestamp) ? [own, value] : [own, value, timestamp]),
    );
    for (const one of new Set(told)) add(page, `exemplar ${keyOf(labels)} ${one}`);
  }
  for (const { target, metric, type, help, unit } of await data(api, "targets/metadata", {
    match_target: `{via="${via}"}`,
  })) {
    const isSaid = help !== "" || unit !== "" || type !== "unknown";
    // OpenMetrics names the family of a counter without its suffix.
    const name = type === "counter" ? metric.replace(/_total$/, "") : metric;
    if (isSaid && !new RegExp(`^(?:${OWN})$`).test(metric)) add(target.page, `metadata ${[name, type, help, unit]}`);
  }
  return new Map([...stored].map(([page, lines]) => [page, lines.sort()]));
}
const OWN = "up|scrape_.*|memory_exporter_.*|memory_up";

const times = new Map<string, Promise<readonly number[]>>();
/** When a page was scraped. */
function timesOf(api: string, page = "", via = ""): Promise<readonly number[]> {
  const expression = `up{page="${page}",via="${via}"}[1h]`;
  const key = api + expression;
  const known = times.get(key) ?? query(api, expression).then((all) => (all[0]?.values ?? []).map(([time]) => time));
  times.set(key, known);
  return known;
}

/** Version 3 does this itself: OpenMetrics writes a bound of 1 as 1.0. */
function withBoundsInOneForm(labels: Record<string, string>): Record<string, string> {
  const bounds = Object.entries(labels).filter(([name]) => name === "le" || name === "quantile");
  return {
    ...labels,
    ...Object.fromEntries(bounds.map(([name, bound]) => [name, String(Number(bound.replace("Inf", "Infinity")))])),
  };
}

function keyOf({ __name__: name, ...labels }: Record<string, string>): string {
  const isCommon = labels.job === COMMON.job && labels.instance === COMMON.instance;
  const shown = Object.keys(labels).filter((label) => !isCommon || !Object.hasOwn(COMMON, label));
  return `${name}{${shown.sort().map((label) => `${label}=${labels[label]}`)}}`;
}

/** Why the exporter refused pages, by their number. */
function refusalsOf(log: string): ReadonlyMap<number, string> {
  const lines = log.matchAll(/msg="Command failed" command=p(\d+) outcome=parse reason=("(?:[^"\\]|\\.)*"|\S+)/g);
  return new Map([...lines].map((line) => [Number(line[1]), line[2]?.startsWith('"') ? JSON.parse(line[2]) : line[2]]));
}

function verdict(
  direct: readonly string[] | undefined,
  through: readonly string[] | undefined,
  refusal?: string,
): string {
  if (through === undefined) return "the exporter's page is refused";
  if (direct === undefined) return refusal === undefined ? "refused by Prometheus only" : "refused by both";
  if (refusal !== undefined) return `refused: ${refusal}`;
  const only = (some: readonly string[], others: readonly string[]) => some.filter((one) => !others.includes(one));
  const [lost, added] = [only(direct, through), only(through, direct)];
  return lost.length + added.length === 0
    ? "same"
    : `${lost.join("; ") || "nothing"} becomes ${added.join("; ") || "nothing"}`;
}

test.run();
