import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createReloader } from "../src/cli/reload.ts";
import { FILE_METRICS } from "../src/config/file_reader.ts";
import { createInstruments } from "../src/exposition/instruments.ts";
import { createGatherer } from "../src/gather/gatherer.ts";
import { createSelfMetrics } from "../src/gather/self_metrics.ts";
import { createLog } from "../src/log.ts";
import type { Family } from "../src/metric.ts";
import type { MetricRow, Preset } from "../src/presets/preset.ts";
import { presets } from "../src/presets/table.ts";
import { createQueue } from "../src/push/queue.ts";
import { createRecord, pushFamilies } from "../src/push/record.ts";
import { buildInfo } from "../src/version.ts";

/** Generates docs/metrics.md from the presets and the exporter: `node docs/metrics.ts`. With `--check`, only checks whether it is up to date. */

const FILE = join(import.meta.dirname, "metrics.md");

const HEAD = `# Metrics

This page is generated from the sources by \`make docs\`. [The metrics about the exporter itself](#the-exporter-itself) are at the end.

Values that a command doesn't print are absent. The same value has the same name in all presets. If two presets give the same series, the
one that was named first is used. \`--metrics.namespace\` sets another prefix than \`memory\`.

\`memory_cache_bytes\` is the sum of \`Cached\` and \`SReclaimable\` of /proc/meminfo in all presets. \`free\` and \`vmstat\` of procps up to
3.3.9, and the column \`cached\` of BusyBox, don't include \`SReclaimable\`.
`;

function cell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("\n", " ");
}

function row({ name, type, unit = "", help, from }: MetricRow): string {
  return `| \`${name}\` | ${type} | ${unit} | ${cell(help)} | ${cell(from)} |`;
}

function section({ name, about, attempts, readAsNodeExporter, metrics }: Preset): string {
  const ways = attempts.map(way).join(", else ");
  const names = readAsNodeExporter ? " Knows the names of node_exporter (`--metrics.names=node_exporter`)." : "";
  return `## ${name}

${about}. ${ways.replace(/^./, (first) => first.toUpperCase())}.${names}

| metric | type | unit | help | from |
|---|---|---|---|---|
${metrics.map(row).join("\n")}
`;
}

/** What an attempt runs or reads. */
function way(attempt: Preset["attempts"][number]): string {
  if ("argv" in attempt) return `runs \`${cell(shown(attempt.argv))}\``;
  if (typeof attempt.files === "function") return `reads \`${cell(attempt.words?.at(-1) ?? "files")}\``;
  return `reads ${attempt.files.map((file) => `\`${file}\``).join(", ")}`;
}

/** Long scripts are shortened. */
function shown(argv: readonly string[]): string {
  return argv.map((word) => (word.length > 60 ? `'${word.replace(/\s+/g, " ").slice(0, 57)}…'` : word)).join(" ");
}

const OWN_HEAD = `## The exporter itself

\`--web.exporter-metrics\` selects the metrics about the exporter: \`lean\` (the default), \`all\` or \`none\`. Metrics of the level \`lean\` are
also in \`all\`; \`memory_exporter_build_info\` is always there. \`memory_exporter_push_*\` needs \`--push.url\`, and \`memory_exporter_config_*\`
needs \`--config.file\`. With \`lean\`, the histogram of HTTP requests has only the bucket \`+Inf\`, and labels for the first four kinds of
requests. For others it has only the label \`response_code\`; their other labels are \`other\`. This is the list for Node on Linux; on other
runtimes and systems some metrics are absent.

| metric | labels | type | level | help |
|---|---|---|---|---|
`;

/** The families about the exporter at a level. */
async function ownFamilies(level: "all" | "lean" | "none"): Promise<readonly Family[]> {
  const instruments = createInstruments(level === "all" ? "all" : "lean");
  instruments.requestStarted();
  instruments.requestEnded({ method: "GET", endpoint: "/metrics", response_code: "200", client_type: "curl" }, 0);
  const log = createLog({ level: "error", format: "logfmt", write: () => {} });
  const queue = createQueue({ maxBytes: 0, maxAgeMs: 0, maxEntries: 0, lost: () => {}, now: () => 0 });
  const families = async () => [
    ...(await instruments.families()),
    ...createReloader(
      async () => {},
      log,
      () => true,
    ).families(),
    ...pushFamilies(createRecord(), queue, true),
  ];
  const self = createSelfMetrics({
    level,
    info: buildInfo(),
    isPid1: false,
    spawnMethod: "posix_spawn",
    instruments: { families },
  });
  const source = {
    name: "free",
    attempts: [{ files: [FILE], read: () => [] }],
    timeoutMs: 60_000,
    showsWords: true,
    maxOutputBytes: 2 ** 20,
    maxSeries: 1,
    environment: {},
  };
  const start = () => {
    throw new Error("a file needs no process");
  };
  const runner = { start } as unknown as Parameters<typeof createGatherer>[0]["runner"];
  const gathering = await createGatherer({ sources: [source], namespace: "memory", runner, log, self }).gather();
  return gathering.families.filter(({ name }) => name !== "memory_up");
}

/** The labels that samples have; of one without samples, those of its kind. Names of a runtime's own labels aren't listed. */
function labelsOf({ name, samples }: Family): string {
  if (name.startsWith("nodejs_")) return "";
  const [sample] = samples;
  const labels = sample ? Object.keys(sample.labels).filter((label) => label !== "le") : ["command"];
  const shown = name.startsWith("memory_exporter_command_") || sample ? labels : [];
  return shown.map((label) => `\`${label}\``).join(", ");
}

async function ownSection(): Promise<string> {
  const [all, lean, none] = await Promise.all([ownFamilies("all"), ownFamilies("lean"), ownFamilies("none")]);
  const has = (families: readonly Family[], name: string) => families.some((one) => one.name === name);
  const rows = all.map((one) => {
    const level = has(none, one.name) ? "none" : has(lean, one.name) ? "lean" : "all";
    return `| \`${one.name}\` | ${labelsOf(one)} | ${one.type} | ${level} | ${cell(one.help)} |`;
  });
  return `${OWN_HEAD}${rows.sort().join("\n")}\n`;
}

/** The metrics about files of a configuration. */
function filesSection(): string {
  const rows = FILE_METRICS.map(
    ({ name, type, help }) => `| \`${name}\` | \`command\`, \`file\` | ${type} | ${cell(help)} |`,
  );
  return `## Files of a configuration

A \`file\` of \`--config.file\` gives these for each file. \`memory_exporter_file_success\` needs a pattern; a single file that can't be read
fails its command.

| metric | labels | type | help |
|---|---|---|---|
${rows.join("\n")}
`;
}

/** The whole page. */
export async function metricsPage(): Promise<string> {
  return [HEAD, ...presets.map(section), filesSection(), await ownSection()].join("\n");
}

if (import.meta.main) {
  const page = await metricsPage();
  if (!process.argv.includes("--check")) writeFileSync(FILE, page);
  else if (readFileSync(FILE, "utf8") !== page) throw new Error("docs/metrics.md is stale: make docs");
}
