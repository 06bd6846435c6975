import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type * as v from "valibot";
import { commandSchema, fileSchema } from "../src/config/command_schema.ts";
import { FORMATS, metricSchema } from "../src/config/format_schema.ts";
import { describe, unwrapped } from "../src/config/json_schema.ts";
import { CONVERT } from "../src/formats/convert.ts";

/** Generates docs/configuration.md from the schema: `node docs/configuration.ts`. With `--check`, only checks whether it is up to date. */

const FILE = join(import.meta.dirname, "configuration.md");

const HEAD = `# Configuration file

This page is generated from the schema of the file by \`make docs\`: change the schema, not this page.

\`--config.file=PATH\` names a YAML file with commands of your own. They run instead of the memory command. The flag can be repeated. For
a directory, all its files \`*.yml\` and \`*.yaml\` are read in the order of their names.

- \`memory_exporter check --config.file=PATH\` reports all mistakes in the file. It also warns of programs, files and directories that
  don't exist on this machine, and of shell syntax that has no effect (\`|\` in a list of arguments, \`{a,b}\` in a path).
- \`memory_exporter try --config.file=PATH NAME\` runs one command, or reads its files, and shows the output and the metrics.
- \`memory_exporter print config --config.file=PATH\` prints the effective configuration with all defaults, without secrets.
- \`memory_exporter print config-schema\` prints a JSON Schema for editors.

\`\`\`yaml
commands:
  - name: free
    preset: free
  - name: gpu
    command: [nvidia-smi, "--query-gpu=index,memory.total,memory.used", "--format=csv,noheader,nounits"]
    timeout: 2s
    interval: 30s
    parser: {format: csv, columns: [index, total, used]}
    metrics:
      - {name: memory_gpu_total_bytes, help: Memory of the GPU., unit: bytes, value: total, scale: 1048576, labels: {gpu: index}}
      - {name: memory_gpu_used_bytes, help: Used memory of the GPU., unit: bytes, value: used, scale: 1048576, labels: {gpu: index}}
  - name: legacy
    command: "cat /run/legacy.prom | grep -v '^#'"
    parser: {format: prometheus}
\`\`\`

The file is strict. Unknown and duplicate keys, values of the wrong type, invalid metric names, and two commands that give the same
series are errors, and the exporter doesn't start. All errors are reported at once, each with its place:

    gpu.yml:5:5: unknown key "tiemout", did you mean "timeout"? Wanted one of name, command, …

Durations are written as \`500ms\`, \`5s\` or \`1m30s\`, sizes as \`64KiB\` or \`1MiB\`. Anchors,
aliases and merge keys of YAML (\`<<: *name\`) can be used for parts that several commands share.
`;

/** Description and examples of each conversion. */
const READS: Readonly<Record<keyof typeof CONVERT, readonly [about: string, ...examples: readonly string[]]>> = {
  number: ["Without `convert`: a decimal number", "-12.5", "1e6"],
  bytes: ["A size: Ki, MiB … by 1024, k, M, GB … by 1000", "1.5Gi", "12 MB", "3k", "0B"],
  bytes_1024: ["A size of a program that counts all its units by 1024", "1.5G", "12 MB", "16384 kB"],
  percent: ["A percentage, as a ratio", "12%", "12"],
  duration: ["A duration in seconds", "3m4s", "1d2h", "250ms", "00:03:04", "1-02:03:04", "2 days, 3 hours"],
  time: ["ISO 8601 with a zone, or seconds since 1970, as seconds since 1970", "2026-01-31T12:00:00Z", "1769860800.5"],
  boolean: ["yes, true, on, enabled, 1, and no, false, off, disabled, 0, in any case", "yes", "Off"],
  decimal_comma: ["A decimal comma, and dots, blanks or apostrophes between thousands", "1.234,5", "1 234,5"],
  thousands: ["Commas, blanks or apostrophes between thousands", "1,234.5", "1'234"],
};

function conversions(): string {
  const rows = Object.entries(READS).map(([name, [about, ...examples]]) => {
    const shown = examples.map((text) => `\`${text}\` is ${CONVERT[name as keyof typeof READS](text)}`);
    return `| \`${name}\` | ${about} | ${shown.join(", ")} |`;
  });
  return ["| convert | reads | examples |", "|---|---|---|", ...rows].join("\n").replace("`number`", "");
}

const REST = `## Secrets

\`env: {TOKEN: {file: /run/secrets/token}}\` reads a value from a file, \`{credential: NAME}\` from a systemd credential
(\`LoadCredential=NAME:PATH\` in the unit). Both are read at the start and at each reload, and never shown. Pages and the log show only
the program and the names of options of configured command lines.

## Parameters

A command can get values from a request, as with multi-target exporters:

\`\`\`yaml
commands:
  - name: ping
    command: [ping, -c1, {parameter: target}]
    parser: {format: regex, pattern: 'time=(?P<ms>[0-9.]+) ms'}
    metrics: [{name: ping_seconds, help: Round trip., value: ms, scale: 0.001}]
    parameters:
      target: {pattern: '[a-z0-9.-]+', max_length: 253}
\`\`\`

\`/probe?command=ping&target=db.example.com\` runs it. The pattern has to match the whole value. A value becomes one argument, or the
value of one environment variable (\`env: {TARGET: {parameter: target}}\`), but never a part of a shell line. So \`command\` must be a
list. An argument can't begin with \`-\`, so that it isn't taken for an option. Other query parameters are answered by 400. A command
with a parameter without a default runs for \`/probe\` only.

## Files

\`file\` reads a file without a process. If its path contains \`*\`, each matching file is read separately. A file that can't be read or
parsed is left out, with a line in the log and \`memory_exporter_file_success{command,file} 0\`.
\`memory_exporter_file_mtime_seconds{command,file}\` is the modification time of each file. A file that changes while it is read is read
again. Replace files by renaming, since a file that is written in place may be empty for a moment. Pipes, devices and directories are
refused.

## Conflicts

Several commands can give the same metric if type, help and unit are the same and the labels differ. A conflict that follows from the
configuration is an error. A conflict that is only found in the outputs fails the later command with the outcome \`parse\`; the page has
the metrics of all other commands. Names of the exporter and of Prometheus itself can't be used (\`up\`,
\`scrape_…\`, \`memory_up\`, \`memory_exporter_…\`, \`process_…\`, \`nodejs_…\`, \`promhttp_…\`, \`probe_success\`, \`probe_duration_seconds\`).

## Reload

SIGHUP, or a POST to \`/-/reload\`, reloads the files. An invalid file has no effect. It is reported in the answer, in the log and by
\`memory_exporter_config_last_reload_successful 0\`. Unchanged commands keep their last results and counters. Current runs continue with
their old configuration. A POST that a browser sends from a page of another server gets 403.
`;

function cell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("\n", " ");
}

/** The type of a schema in words. */
function kindOf(schema: v.GenericSchema): string {
  const { word, items, values, entries } = describe(schema);
  if (items) return `a list of: ${kindOf(items)}`;
  if (values) return `a mapping to: ${kindOf(values)}`;
  return word ?? (entries ? `{${Object.keys(entries).join(", ")}}` : "");
}

function table(schema: v.GenericSchema): string {
  const rows = Object.entries(describe(schema).entries ?? {}).map(([name, entry]) => {
    const { schema: value, isOptional } = unwrapped(entry);
    const { about = "", shown = "" } = describe(value);
    return `| \`${name}\` | ${cell(kindOf(value))} | ${isOptional ? cell(shown) : "required"} | ${cell(about)} |`;
  });
  return ["| key | value | default | |", "|---|---|---|---|", ...rows].join("\n");
}

function formatSection([name, { about, schema }]: [string, { about: string; schema: v.GenericSchema }]): string {
  return `### ${name}\n\n${about}\n\n${table(schema)}\n`;
}

/** The whole page. */
export function configurationPage(): string {
  return [
    HEAD,
    `## A file\n\n${table(fileSchema)}\n`,
    `## A command\n\nEach command has exactly one of \`command\`, \`file\` and \`preset\`.\n\n${table(commandSchema)}\n`,
    "## parser\n\nThe parser has a format, or the name of a preset, which then reads the output.\n",
    ...Object.entries(FORMATS).map(formatSection),
    `## metrics\n\nEach metric is made from every record.\n\n${table(metricSchema)}\n`,
    `### Conversions\n\nWhat isn't of the form fails the run, with its line.\n\n${conversions()}\n`,
    REST,
  ].join("\n");
}

if (import.meta.main) {
  const page = configurationPage();
  if (!process.argv.includes("--check")) writeFileSync(FILE, page);
  else if (readFileSync(FILE, "utf8") !== page) throw new Error("docs/configuration.md is stale: make docs");
}
