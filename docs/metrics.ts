import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { MetricRow, Preset } from "../src/presets/preset.ts";
import { presets } from "../src/presets/table.ts";

/** Writes docs/metrics.md from the table of presets: `node docs/metrics.ts`; with `--check` it only says whether it is stale. */

const FILE = join(import.meta.dirname, "metrics.md");

const HEAD = `# Metrics of the presets

Made from the table of presets by \`make docs\`: change that, not this page. What a command doesn't print is absent. Where two
presets tell the same fact, it has the same name; if both run, the one that was named first is believed.
\`memory_cache_bytes\` is \`Cached\` and \`SReclaimable\` of /proc/meminfo together in every preset that gives it. Only
versions that print less give less: \`free\` and \`vmstat\` of procps up to 3.3.9, and the column \`cached\` of BusyBox, are
without \`SReclaimable\`. The prefix \`memory\` can be another: \`--metrics.namespace\`. The metrics about the exporter itself
are in the README.
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

/** A script of several lines is too long for a page. */
function shown(argv: readonly string[]): string {
  return argv.map((word) => (word.length > 60 ? `'${word.replace(/\s+/g, " ").slice(0, 57)}…'` : word)).join(" ");
}

/** The whole page. */
export function metricsPage(): string {
  return [HEAD, ...presets.map(section)].join("\n");
}

if (import.meta.main) {
  const page = metricsPage();
  if (!process.argv.includes("--check")) writeFileSync(FILE, page);
  else if (readFileSync(FILE, "utf8") !== page) throw new Error("docs/metrics.md is stale: make docs");
}
