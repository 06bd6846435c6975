import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { importsOf } from "./imports.ts";
import { MAY_IMPORT, OWN_NAMES, SOLE_IMPORTERS, TESTED_ELSEWHERE } from "./rules.ts";

const ROOT = join(import.meta.dirname, "..");
const LINE_LIMIT = 250;

const files = (...patterns: string[]) => globSync(patterns, { cwd: ROOT }).sort();
const text = (file: string) => readFileSync(join(ROOT, file), "utf8");

/** Declarations (.d.ts) hold no code. */
const SOURCES = files("src/**/*.ts").filter((file) => !file.endsWith(".d.ts"));
const TESTS = files("test/**/*.test.ts");
const ALL = files("src/**/*.ts", "test/**/*.ts", "bench/**/*.ts", "packaging/**/*.ts", "*.ts");

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
  /** A file of a package belongs to whom the package does. */
  const importerOf = (imported: string) =>
    SOLE_IMPORTERS[imported] ?? SOLE_IMPORTERS[imported.split("/", 1)[0] ?? ""] ?? "nobody";
  none(
    SOURCES.flatMap((file) =>
      importsOf(file)
        .filter((imported) => !imported.startsWith("src/"))
        .filter((imported) => !file.slice("src/".length).startsWith(importerOf(imported)))
        .map((imported) => `${file} imports ${imported}, which belongs to ${importerOf(imported)}`),
    ),
  );
});

test("there are no import cycles, not even of types", () => {
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

test("every file of src is reachable from main.ts", () => {
  const reached = new Set<string>();
  const visit = (file: string): void => {
    if (reached.has(file)) return;
    reached.add(file);
    for (const imported of importsOf(file)) if (imported.startsWith("src/")) visit(imported);
  };
  visit("src/main.ts");
  none(SOURCES.filter((file) => !reached.has(file)));
});

test("only main.ts ends the process, handles its signals and reads its environment", () => {
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
    "bytes of the module":
      /^(export )?const \w+[^=\n]* = (new (\w+Array\((?!\[)|ArrayBuffer|DataView|WeakMap|WeakSet)\b|Buffer\.alloc)/m,
    "a sticky pattern of the module, which remembers a place": /^(export )?const \w+ = \/.*\/[a-z]*y[a-z]*;$/m,
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

/** Names of a file's own lists, sets, maps and patterns with a place, which may be read and not be changed. */
function changedOf(file: string): string[] {
  const code = text(file);
  const holders = [
    ...code.matchAll(
      /^(?:export )?const (\w+)(?:: [^=\n]+)? = (?:new (?:Map|Set|\w+Array)\b|\[|\{|\/.*\/[a-z]*g[a-z]*;$)/gm,
    ),
  ];
  return holders
    .map(([, name = ""]) => name)
    .filter((name) =>
      [
        `\\b${name}\\.(?:set|add|delete|clear|push|pop|shift|unshift|splice|sort|reverse|fill|exec|test)\\(`,
        `\\b${name}(?:\\.\\w+|\\[[^\\]\\n]+\\]) (?:=|\\+=|-=|\\?\\?=|\\|\\|=) `,
      ].some((change) => new RegExp(change).test(code)),
    );
}

test("no list, set, map or pattern of a module is changed", () => {
  none(SOURCES.flatMap((file) => changedOf(file).map((name) => `${file} changes ${name}`)));
});

test("there are no marks of unfinished work, and no checker is disabled", () => {
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

// That a file has tests, test/run.ts sees by what it prints.
test("every test file runs its tests", () => {
  none(TESTS.filter((file) => !/^test\.run\(\);\n*$/m.test(text(file))));
});

test("every source has the test that mirrors it, or a reason", () => {
  const untested = SOURCES.filter((file) => !TESTS.includes(file.replace(/^src\/(.*)\.ts$/, "test/$1.test.ts")));
  none(untested.filter((file) => TESTED_ELSEWHERE[file] === undefined));
  none(Object.keys(TESTED_ELSEWHERE).filter((file) => !untested.includes(file)));
});

test("every unit test mirrors a source, or says what it is about", () => {
  const units = TESTS.filter((file) => !/^test\/(contract|fleet|fuzz|release|torture)\//.test(file));
  const alone = units.filter((file) => !SOURCES.includes(file.replace(/^test\/(.*)\.test\.ts$/, "src/$1.ts")));
  none(alone.filter((file) => OWN_NAMES[file] === undefined));
});

test.run();
