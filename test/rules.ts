/** What test/architecture.test.ts holds the sources to. */

/** Small files that every room may import: words, types and pure functions. */
const WORDS = ["metric", "text", "source", "duration", "size", "nearest", "family_rules"];
/** And those that do something. */
const SMALL = [...WORDS, "log", "version", "within", "read_file"];

/** What a room imports from besides itself: what stands to its right in docs/architecture.md. */
export const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  main: ["cli", "command"],
  cli: ["web", "push", "config", "gather", "command", "presets", "formats", "parsers", "exposition", ...SMALL],
  web: ["config", "gather", "command", "parsers", "exposition", ...SMALL],
  push: ["config", "gather", "exposition", ...SMALL],
  config: ["command", "presets", "formats", "parsers", ...SMALL],
  gather: ["command", ...SMALL],
  command: ["within", "read_file"],
  presets: ["parsers", ...WORDS],
  formats: ["parsers", ...WORDS],
  parsers: WORDS,
  exposition: WORDS,
  source: ["command", "metric", "read_file"],
  family_rules: ["metric"],
  nearest: ["text"],
  log: [],
  version: [],
  duration: [],
  size: [],
  metric: [],
  text: [],
  within: [],
  read_file: [],
};

/** Who alone imports a package or a module of the runtime: a room, a folder or a file; "" is everybody. */
export const SOLE_IMPORTERS: Readonly<Record<string, string>> = {
  citty: "cli/cli.ts",
  "consola/core": "log.ts",
  "prom-client": "exposition/",
  "csv-parse": "formats/csv.ts",
  "json-p3": "formats/json_path.ts",
  re2js: "formats/re2.ts",
  yaml: "config/",
  valibot: "config/",
  leven: "nearest.ts",
  "@bufbuild/protobuf/wire": "push/",
  snappyjs: "push/",
  bcryptjs: "web/",
  "pprof-format": "web/debug/",
  "node:child_process": "command/",
  "node:crypto": "",
  "node:fs": "",
  "node:fs/promises": "",
  "node:http": "",
  "node:http2": "web/",
  "node:https": "",
  "node:inspector": "web/debug/",
  "node:inspector/promises": "web/debug/",
  "node:module": "web/debug/",
  "node:net": "",
  "node:stream": "web/",
  "node:os": "",
  "node:path": "",
  "node:process": "main.ts",
  "node:sea": "web/debug/",
  "node:timers/promises": "",
  "node:tls": "",
  "node:url": "",
  "node:util": "",
  "node:worker_threads": "web/",
  "node:zlib": "",
};

const FROM_OUTSIDE = "test/contract runs it in every form";
const TYPES = "it holds types";
const MISTAKES = "test/config/commands.test.ts has all that it refuses";
/** Sources without a test of their own name, and why. */
export const TESTED_ELSEWHERE: Readonly<Record<string, string>> = {
  "src/cli/check.ts": FROM_OUTSIDE,
  "src/cli/configured.ts": FROM_OUTSIDE,
  "src/cli/cli.ts": FROM_OUTSIDE,
  "src/cli/command_flags.ts": FROM_OUTSIDE,
  "src/cli/host.ts": TYPES,
  "src/cli/once.ts": FROM_OUTSIDE,
  "src/cli/pages.ts": FROM_OUTSIDE,
  "src/cli/parse.ts": FROM_OUTSIDE,
  "src/cli/push.ts": FROM_OUTSIDE,
  "src/cli/push_flags.ts": FROM_OUTSIDE,
  "src/cli/push_setup.ts": FROM_OUTSIDE,
  "src/cli/serve.ts": FROM_OUTSIDE,
  "src/cli/tables.ts": FROM_OUTSIDE,
  "src/cli/web_flags.ts": FROM_OUTSIDE,
  "src/command/outcome.ts": TYPES,
  "src/config/command_parameters.ts": MISTAKES,
  "src/config/command_reader.ts": MISTAKES,
  "src/config/command_rules.ts": MISTAKES,
  "src/config/command_schema.ts": MISTAKES,
  "src/config/format_schema.ts": MISTAKES,
  "src/config/metric_conflicts.ts": MISTAKES,
  "src/config/words.ts": MISTAKES,
  "src/exposition/default_metrics.ts": "test/exposition/instruments.test.ts has what it adds",
  "src/exposition/lines.ts": "test/exposition/page.test.ts has its samples",
  "src/exposition/series.ts": "test/exposition/encode.test.ts writes them",
  "src/exposition/text.ts": "test/exposition/encode.test.ts and test/formats/prometheus.test.ts write it",
  "src/family_rules.ts": "test/formats/openmetrics_page.test.ts breaks each",
  "src/formats/decode.ts": "test/formats/prometheus.test.ts decodes",
  "src/formats/format.ts": TYPES,
  "src/formats/openmetrics_sample.ts": "test/formats/openmetrics_page.test.ts reads samples",
  "src/formats/page_families.ts": "test/formats/text_page.test.ts and its neighbour make families",
  "src/formats/page_scanner.ts": "test/formats/text_page.test.ts reads lines",
  "src/gather/attempt_runner.ts": "test/gather/source_runner.test.ts runs attempts",
  "src/gather/result.ts": "test/gather/gatherer.test.ts has results of all kinds",
  "src/cli/textfile.ts": FROM_OUTSIDE,
  "src/main.ts": FROM_OUTSIDE,
  "src/presets/preset.ts": TYPES,
  "src/web/answer.ts": FROM_OUTSIDE,
  "src/web/app.ts": FROM_OUTSIDE,
  "src/web/page/landing.ts": FROM_OUTSIDE,
  "src/web/scrape.ts": FROM_OUTSIDE,
  "src/web/security.ts": "test/web/listen.test.ts listens behind it",
};

/** Tests that have no source of their name, and what they are about. */
export const OWN_NAMES: Readonly<Record<string, string>> = {
  "test/architecture.test.ts": "the sources as a whole",
  "test/build.test.ts": "build.ts and what it makes",
  "test/docs.test.ts": "README.md and the pages of docs/",
  "test/install.test.ts": "make install",
  "test/presets/fixtures.test.ts": "all presets together",
};
