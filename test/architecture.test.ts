import { globSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";

const ROOT = join(import.meta.dirname, "..");
const LINE_LIMIT = 250;

/** What a room imports from besides itself: what stands to its right in docs/architecture.md. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  main: ["cli", "command"],
  cli: [
    "web",
    "push",
    "config",
    "collect",
    "command",
    "presets",
    "parsers",
    "exposition",
    "metric",
    "log",
    "version",
    "duration",
  ],
  web: ["config", "collect", "exposition", "parsers", "metric", "log", "version"],
  push: ["collect", "exposition", "metric", "log"],
  config: ["presets", "parsers", "metric", "duration"],
  collect: ["command", "presets", "parsers", "metric", "log"],
  command: [],
  presets: ["parsers", "metric"],
  parsers: [],
  exposition: ["metric"],
  log: [],
  version: ["metric"],
  duration: [],
  metric: [],
};

/** Who alone imports a package or a module of the runtime: a room, a folder or a file. */
const SOLE_IMPORTERS: Readonly<Record<string, string>> = {
  citty: "cli/cli.ts",
  "consola/core": "log.ts",
  "prom-client": "exposition/",
  yaml: "config/",
  valibot: "config/",
  bcryptjs: "web/",
  "pprof-format": "web/debug/",
  "node:child_process": "command/",
  "node:cluster": "nobody",
  "node:crypto": "",
  "node:fs": "",
  "node:http": "web/",
  "node:http2": "web/",
  "node:https": "web/",
  "node:inspector": "web/debug/",
  "node:inspector/promises": "web/debug/",
  "node:net": "web/",
  "node:os": "",
  "node:path": "",
  "node:process": "main.ts",
  "node:timers/promises": "",
  "node:tls": "web/",
  "node:util": "",
  "node:worker_threads": "web/",
  "node:zlib": "exposition/",
};

/** Sources whose test has another name, and where they are held to what they promise. */
const TESTED_ELSEWHERE: Readonly<Record<string, string>> = {};

const files = (...patterns: string[]) => globSync(patterns, { cwd: ROOT }).sort();
const text = (file: string) => readFileSync(join(ROOT, file), "utf8");

const SOURCES = files("src/**/*.ts");
const TESTS = files("test/**/*.test.ts");
const ALL = files("src/**/*.ts", "test/**/*.ts", "bench/**/*.ts", "*.ts");

/** Path of an import below src, or name of a package. */
function importsOf(file: string): string[] {
  const specifiers = text(file).matchAll(
    /^(?:import|export|\}) .*?from "([^"]+)";$|^import "([^"]+)";$|\bimport\("([^"]+)"\)/gm,
  );
  return [...specifiers].map(([, from, bare, lazy]) => {
    const specifier = from ?? bare ?? lazy ?? "";
    return specifier.startsWith(".") ? normalize(join(dirname(file), specifier)) : specifier;
  });
}

/** `src/cli/flags.ts` is in the room cli, `src/log.ts` in one of its own. */
function roomOf(file: string): string {
  const [, first = ""] = file.split("/");
  return first.replace(/\.ts$/, "");
}

/** Fails with all that is wrong. */
function none(faults: readonly string[]): void {
  assert.is(faults.join("\n"), "");
}

test("a file imports from its own room and those to its right only", () => {
  assert.ok(SOURCES.length > 50);
  none(
    SOURCES.flatMap((file) =>
      importsOf(file)
        .filter((imported) => imported.startsWith("src/") && roomOf(imported) !== roomOf(file))
        .filter((imported) => !MAY_IMPORT[roomOf(file)]?.includes(roomOf(imported)))
        .map((imported) => `${file} imports ${imported}`),
    ),
  );
});

test("every package and module has its sole importer", () => {
  none(
    SOURCES.flatMap((file) =>
      importsOf(file)
        .filter((imported) => !imported.startsWith("src/"))
        .filter((imported) => !file.slice("src/".length).startsWith(SOLE_IMPORTERS[imported] ?? "nobody"))
        .map((imported) => `${file} imports ${imported}, which belongs to ${SOLE_IMPORTERS[imported] ?? "nobody"}`),
    ),
  );
});

test("imports go in no circle", () => {
  const done = new Set<string>();
  const visit = (file: string, path: readonly string[]): string[] => {
    if (path.includes(file)) return [[...path.slice(path.indexOf(file)), file].join(" → ")];
    if (done.has(file)) return [];
    const found = importsOf(file)
      .filter((imported) => imported.startsWith("src/"))
      .flatMap((imported) => visit(imported, [...path, file]));
    done.add(file);
    return found;
  };
  none(SOURCES.flatMap((file) => visit(file, [])));
});

test("nothing under src is out of reach of main.ts", () => {
  const reached = new Set<string>();
  const visit = (file: string): void => {
    if (reached.has(file)) return;
    reached.add(file);
    for (const imported of importsOf(file)) if (imported.startsWith("src/")) visit(imported);
  };
  visit("src/main.ts");
  none(SOURCES.filter((file) => !reached.has(file)));
});

test("only main.ts ends the process, hears its signals and reads its environment", () => {
  none(
    SOURCES.filter((file) => file !== "src/main.ts").flatMap((file) =>
      (
        text(file).match(
          /\bprocess\.(exit\b|exitCode|on\b|once\b|argv|env\b|stdin|stdout|stderr|chdir|kill\(process)/g,
        ) ?? []
      ).map((found) => `${file} has ${found}`),
    ),
  );
});

test("a file has at most 250 lines", () => {
  none(
    ALL.map((file) => [file, text(file).split("\n").length - 1] as const)
      .filter(([, lines]) => lines > LINE_LIMIT)
      .map(([file, lines]) => `${file} has ${lines}`),
  );
});

test("there are no default exports, no barrels, no state of modules, no classes but errors, no utils.ts", () => {
  const rules: Readonly<Record<string, RegExp>> = {
    "a default export": /^export default\b/m,
    "an export of another file": /^export (\*|\{[^}]*\}|type \{[^}]*\}) from\b/m,
    "state of the module": /^(export )?(let|var)\b/m,
    "a class that is no error": /^\s*(export )?(abstract )?class \w+(?! extends \w*Error\b)[\s{<]/m,
  };
  none(
    SOURCES.flatMap((file) => [
      ...Object.entries(rules)
        .filter(([, pattern]) => pattern.test(text(file)))
        .map(([name]) => `${file} has ${name}`),
      ...(/(^|\/)(utils?|helpers?|misc|common|index)\.ts$/.test(file) ? [`${file} has a name that says nothing`] : []),
    ]),
  );
});

test("nothing is left to be done, and no checker is silenced", () => {
  const marks = [
    "TO" + "DO",
    "FIX" + "ME",
    "XX" + "X",
    "HA" + "CK",
    "@ts-",
    "biome-" + "ignore",
    "deno-lint-" + "ignore",
    "eslint-" + "disable",
  ];
  const pattern = new RegExp(
    marks.map((mark) => (mark.startsWith("@") ? `${mark}(ignore|expect-error|nocheck)` : `\\b${mark}\\b`)).join("|"),
  );
  none(ALL.filter((file) => pattern.test(text(file))));
});

test("every test file runs its tests, and has some", () => {
  none(TESTS.filter((file) => !/^test\.run\(\);\n*$/m.test(text(file)) || !/\btest\(|\? test :/.test(text(file))));
});

test("every source has the test that mirrors it, or a reason", () => {
  const untested = SOURCES.filter((file) => !TESTS.includes(file.replace(/^src\/(.*)\.ts$/, "test/$1.test.ts")));
  none(untested.filter((file) => TESTED_ELSEWHERE[file] === undefined));
  none(Object.keys(TESTED_ELSEWHERE).filter((file) => !untested.includes(file)));
});

test("every unit test mirrors a source", () => {
  const ownNames = TESTS.filter((file) => !/^test\/(contract|torture)\/|^test\/architecture\.test\.ts$/.test(file));
  none(ownNames.filter((file) => !SOURCES.includes(file.replace(/^test\/(.*)\.test\.ts$/, "src/$1.ts"))));
});

test.run();
