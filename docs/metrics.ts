import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { MetricRow, Preset } from "../src/presets/preset.ts";
import { presets } from "../src/presets/table.ts";
import { wordsOf } from "../src/source.ts";

/** Writes docs/metrics.md from the table of presets: `node docs/metrics.ts`; with `--check` it only says whether it is stale. */

const FILE = join(import.meta.dirname, "metrics.md");

const HEAD = `# Metrics of the presets

Made from the table of presets by \`make docs\`: change that, not this page. What a command doesn't print is absent. Where two
presets tell the same fact, it has the same name; if both run, the one that was named first is believed. The prefix
\`memory\` can be another: \`--metrics.namespace\`. The metrics about the exporter itself are in the README.
`;

function cell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("\n", " ");
}

function row({ name, type, unit = "", help, from }: MetricRow): string {
  return `| \`${name}\` | ${type} | ${unit} | ${cell(help)} | ${cell(from)} |`;
}

function section({ name, about, attempts, readAsNodeExporter, metrics }: Preset): string {
  const commands = attempts.map((attempt) => `\`${cell(shown(wordsOf(attempt)))}\``).join(", else ");
  const names = readAsNodeExporter ? " Knows the names of node_exporter (`--metrics.names=node_exporter`)." : "";
  return `## ${name}

${about}. Runs ${commands}.${names}

| metric | type | unit | help | from |
|---|---|---|---|---|
${metrics.map(row).join("\n")}
`;
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
