/** What test/architecture.test.ts holds the sources to. */

/** What a room imports from besides itself: what stands to its right in docs/architecture.md. */
export const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  main: ["cli", "command"],
  cli: [
    ...["web", "push", "config", "gather", "command", "presets", "formats", "parsers", "exposition", "source"],
    ...["metric", "log", "version", "duration", "text", "within", "read_file"],
  ],
  web: [
    ...["config", "gather", "command", "parsers", "exposition", "source"],
    ...["metric", "log", "version", "duration", "text", "within", "read_file"],
  ],
  push: [
    "config",
    "gather",
    "exposition",
    "source",
    "metric",
    "log",
    "version",
    "duration",
    "text",
    "within",
    "read_file",
  ],
  config: ["command", "presets", "formats", "parsers", "source", "metric", "duration", "text", "read_file"],
  gather: ["command", "source", "metric", "log", "version", "text", "within", "read_file"],
  command: ["within"],
  presets: ["parsers", "source", "metric", "text"],
  formats: ["parsers", "source", "metric", "text"],
  parsers: ["source", "metric", "text"],
  exposition: ["metric"],
  source: ["command", "metric"],
  log: [],
  version: [],
  duration: [],
  metric: [],
  text: [],
  within: [],
  read_file: ["within"],
};

/** Who alone imports a package or a module of the runtime: a room, a folder or a file; "" is everybody. */
export const SOLE_IMPORTERS: Readonly<Record<string, string>> = {
  citty: "cli/cli.ts",
  "consola/core": "log.ts",
  "prom-client": "exposition/",
  yaml: "config/",
  valibot: "config/",
  bcryptjs: "web/",
  "pprof-format": "web/debug/",
  "node:child_process": "command/",
  "node:crypto": "",
  "node:fs": "",
  "node:fs/promises": "",
  "node:http": "web/",
  "node:http2": "web/",
  "node:https": "web/",
  "node:inspector": "web/debug/",
  "node:inspector/promises": "web/debug/",
  "node:module": "web/debug/",
  "node:net": "web/",
  "node:stream": "web/",
  "node:os": "",
  "node:path": "",
  "node:process": "main.ts",
  "node:sea": "web/debug/",
  "node:timers/promises": "",
  "node:tls": "web/",
  "node:url": "",
  "node:util": "",
  "node:worker_threads": "web/",
  "node:zlib": "exposition/",
};

const FROM_OUTSIDE = "test/contract runs it in every form";
const TYPES = "it holds types";
/** Sources without a test of their own name, and why. */
export const TESTED_ELSEWHERE: Readonly<Record<string, string>> = {
  "src/cli/check.ts": FROM_OUTSIDE,
  "src/cli/cli.ts": FROM_OUTSIDE,
  "src/cli/command_flags.ts": FROM_OUTSIDE,
  "src/cli/host.ts": TYPES,
  "src/cli/once.ts": FROM_OUTSIDE,
  "src/cli/parse.ts": FROM_OUTSIDE,
  "src/cli/serve.ts": FROM_OUTSIDE,
  "src/cli/tables.ts": FROM_OUTSIDE,
  "src/cli/web_flags.ts": FROM_OUTSIDE,
  "src/command/outcome.ts": TYPES,
  "src/exposition/default_metrics.ts": "test/exposition/instruments.test.ts has what it adds",
  "src/formats/format.ts": TYPES,
  "src/gather/attempt_runner.ts": "test/gather/source_runner.test.ts and test/contract/files.test.ts run attempts",
  "src/gather/result.ts": "test/gather/gatherer.test.ts has results of all kinds",
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
