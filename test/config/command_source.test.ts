import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { wordsOf } from "../../src/source.ts";
import { withFolder } from "../stand_in.ts";
import { CONTEXT, good } from "./command_files.ts";

/** The only command of a file. */
async function only(section: string, context = {}) {
  const [command, ...more] = (await good(`commands:\n  - ${section}\n`, context)).commands;
  assert.equal(more, []);
  if (command === undefined) throw new Error(section);
  return command;
}

const PING = `{name: ping, command: [ping, -c1, {parameter: target}], env: {SIZE: {parameter: size}}, parser: {format: prometheus},
    parameters: {target: {pattern: '[-a-z.]+', max_length: 9}, size: {pattern: '[0-9]+', default: 56}}}`;

test("a command has the bounds that its section names, and the defaults for the others", async () => {
  const plain = await only("{name: a, command: [x], parser: {format: prometheus}}");
  const { attempts, identity: _, ...source } = plain.source ?? { attempts: [], identity: "" };
  assert.equal(source, {
    name: "a",
    timeoutMs: 5000,
    maxOutputBytes: 2 ** 20,
    maxSeries: 1000,
    diesWithExporter: false,
    showsWords: false,
    environment: CONTEXT.environment,
  });
  assert.equal(attempts.map(wordsOf), [["x"]]);
  const full = await only(
    "{name: a, command: 'x | y', parser: {format: prometheus}, timeout: 1m30s, interval: 10s, max_output: 2KiB, max_series: 7, cwd: /tmp, ok_exit_codes: [0, 2], nice: 5, env: {A: 1}, env_passthrough: [LANG, NONE]}",
  );
  const { source: given } = full;
  assert.equal(
    [given?.timeoutMs, given?.maxOutputBytes, given?.maxSeries, given?.directory, given?.okExitCodes, given?.nice],
    [90_000, 2048, 7, "/tmp", [0, 2], 5],
  );
  assert.equal(given?.schedule, { intervalMs: 10_000, maxAgeMs: 30_000 });
  assert.equal(given?.environment, { PATH: "/bin", LC_ALL: "C", LANG: "de_DE", A: "1" });
  assert.equal(given?.attempts.map(wordsOf), [["/bin/sh", "-c", "x | y"]]);
});

test("a preset has other attempts under the names of node_exporter, as it has by flags", async () => {
  const { source } = await only("{name: a, preset: pressure}", { names: "node_exporter" });
  assert.equal(source?.attempts.map(wordsOf), [
    ["grep", "-H", "", "/proc/pressure/cpu", "/proc/pressure/io", "/proc/pressure/memory"],
  ]);
});

test("flags are defaults, and a plugin of Nagios may end with 0 to 3", async () => {
  const schedule = { intervalMs: 5, maxAgeMs: 10 };
  const context = { timeoutMs: 7, schedule, isolate: "pidns", containmentOf: () => undefined };
  const { source } = await only("{name: a, command: [x], parser: {format: nagios}}", context);
  assert.equal([source?.timeoutMs, source?.schedule, source?.okExitCodes], [7, schedule, [0, 1, 2, 3]]);
});

test("a preset has its own attempts, a line that names its program is read by it, and a file needs no process", async () => {
  const preset = await only("{name: a, preset: free, cwd: /tmp}");
  assert.ok((preset.source?.attempts.length ?? 0) > 1);
  assert.is(preset.source?.showsWords, true);
  const line = await only("{name: a, command: sudo free -m}");
  assert.equal(
    line.source?.attempts.map(({ words }) => words),
    [["/bin/sh", "-c", "sudo free -m"]],
  );
  const list = await only("{name: a, command: [/opt/mem.sh], output_of: free -g}");
  assert.equal(
    list.source?.attempts.map(({ words }) => words),
    [["/bin/sh", "-c", "free -g"]],
  );
  const file = await only("{name: a, file: /proc/meminfo}");
  assert.equal(file.source?.attempts.map(wordsOf), [["cat", "/proc/meminfo"]]);
});

test("values come from files and credentials, without the line end, and passed variables only where they are set", async () => {
  await withFolder(async (folder) => {
    mkdirSync(join(folder, "credentials"));
    writeFileSync(join(folder, "token"), "hunter2\n");
    writeFileSync(join(folder, "credentials", "db"), "a\nb");
    const own = { CREDENTIALS_DIRECTORY: join(folder, "credentials") };
    const env = `{TOKEN: {file: ${join(folder, "token")}}, DB: {credential: db}, EMPTY: ""}`;
    const { source } = await only(`{name: a, command: [x], parser: {format: prometheus}, env: ${env}}`, { own });
    assert.equal(source?.environment, { PATH: "/bin", LC_ALL: "C", TOKEN: "hunter2", DB: "a\nb", EMPTY: "" });
  });
});

test("a command whose parameter has no default has no source until a value is bound", async () => {
  const ping = await only(PING);
  assert.is(ping.source, undefined);
  const bound = ping.bind(new Map([["target", "db.x"]]));
  if (typeof bound === "string") throw new Error(bound);
  assert.equal(bound.attempts.map(wordsOf), [["ping", "-c1", "db.x"]]);
  assert.is(bound.environment.SIZE, "56");
});

const REFUSED: readonly (readonly [Readonly<Record<string, string>>, string])[] = [
  [{}, "missing parameter target"],
  [{ target: "a", taget: "b" }, 'unknown parameter "taget", wanted one of target, size'],
  [{ target: "a b" }, 'parameter target: found "a b", wanted a value that matches [-a-z.]+'],
  [{ target: "a\n" }, 'parameter target: found "a\\n", wanted a value that matches [-a-z.]+'],
  [{ target: "" }, 'parameter target: found "", wanted a value that matches [-a-z.]+'],
  [{ target: "a".repeat(10) }, "parameter target: found 10 characters, wanted at most 9"],
  [{ target: "a\0" }, 'parameter target: found "a\\u{0}", wanted a text without NUL'],
  [{ target: "-f" }, `parameter target: found "-f", wanted a value that doesn't begin with -`],
  [{ target: "a", size: "1;id" }, 'parameter size: found "1;id", wanted a value that matches [0-9]+'],
];

for (const [given, wanted] of REFUSED) {
  test(`refused: ${JSON.stringify(given)}`, async () => {
    assert.is((await only(PING)).bind(new Map(Object.entries(given))), wanted);
  });
}

test("a command is the same as long as its section and its values are", async () => {
  const section = "{name: a, command: [x], parser: {format: prometheus}, env: {A: 1}}";
  const [one, same] = [await only(section), await only(section.replace("name: a,", "name:  a,"))];
  assert.is(one.source?.identity, same.source?.identity);
  assert.is.not(one.source?.identity, (await only(section.replace("A: 1", "A: 2"))).source?.identity);
});

test.run();
