import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { readCommands } from "../../src/config/commands.ts";
import { ConfigError, formatProblem, valueOrThrow } from "../../src/config/problem.ts";
import { withFolder } from "../stand_in.ts";
import { CONTEXT, good, readFiles } from "./command_files.ts";

const FREE = "{name: free, preset: free}";
const PAGE = "parser: {format: prometheus}";
const KEYS =
  "name, command, output_of, file, preset, parser, metrics, timeout, interval, max_age, max_output, max_series, env, env_passthrough, cwd, ok_exit_codes, isolate, nice, parameters";
const KINDS = "wanted one of command, file, preset";
const SHELL = "wanted command as a list, like [/bin/sh, -c, 'ping -c1 \"$1\"', sh, {parameter: target}]";
const gauge = (name: string, more = "") => `{name: ${name}, help: h, value: v${more}}`;
const csv = (name: string, ...metrics: string[]) =>
  `  - {name: ${name}, command: [x], parser: {format: csv}, metrics: [${metrics.join(", ")}]}\n`;

/** A whole file, or the keys of its only command, and all that is told of it. */
const MISTAKES: Readonly<Record<string, string>> = {
  "": "a.yml:1:1: found nothing, wanted a mapping",
  "commands: [":
    "a.yml:1:12: Bad YAML: Flow sequence in block collection must be sufficiently indented and end with a ]",
  "commands: []": "a.yml:1:11: found no command, wanted one at least",
  "comands: []": 'a.yml:1:1: unknown key "comands", did you mean "commands"? Wanted one of max_concurrent, commands',
  [`max_concurrent: 0\ncommands: [${FREE}]`]:
    'a.yml:1:17: max_concurrent: found "0", wanted a whole number from 1 to 10000',
  "name: free\npreset: free\ntiemout: 2s": `a.yml:4:5: unknown key "tiemout", did you mean "timeout"? Wanted one of ${KEYS}`,
  "name: free\npreset: free\nbogus: 2s": `a.yml:4:5: unknown key "bogus", wanted one of ${KEYS}`,
  "name: free\npreset: free\nname: other": 'a.yml:4:5: found key "name" twice, wanted it once',
  "preset: free": 'a.yml:2:5: missing key "name"',
  "name: a b\npreset: free":
    'a.yml:2:11: name: found "a b", wanted a name (at most 64 letters, digits, and _ . - inside)',
  "name: free": `a.yml:2:5: found nothing to collect, ${KINDS}`,
  "name: free\npreset: free\nfile: /proc/meminfo": `a.yml:3:5: preset: found preset with file, ${KINDS}`,
  "name: free\npreset: fre":
    'a.yml:3:13: preset: found "fre", did you mean "free"? Wanted one of free, meminfo, vmstat, pressure, swaps, cgroup, zram, numa, processes, oom, vm_stat, freebsd, windows, aix, solaris',
  "name: free\npreset: free\ntimeout:":
    "a.yml:4:13: timeout: found nothing, wanted a duration from 1ms to 24h with its unit, like 500ms, 5s or 1m30s",
  "name: free\npreset: free\ntimeout: 5":
    'a.yml:4:14: timeout: found "5", wanted a duration from 1ms to 24h with its unit, like 500ms, 5s or 1m30s',
  "name: free\npreset: free\nmax_output: 1MB/s":
    'a.yml:4:17: max_output: found "1MB/s", wanted a size from 1B to 1GiB, like 64KiB or 1MiB',
  "name: free\npreset: free\nmax_age: 1m": "a.yml:4:5: max_age: found max_age without interval, wanted both",
  "name: free\npreset: free\ninterval: 1m\nmax_age: 1s":
    "a.yml:5:14: max_age: found less than interval, wanted at least as much",
  "name: free\npreset: free\nisolate: pidns":
    'a.yml:4:14: isolate: found "pidns", which isn\'t available here: no pidns on this machine',
  "name: free\npreset: free\ncwd: tmp": 'a.yml:4:10: cwd: found "tmp", wanted an absolute path',
  "name: free\npreset: free\nok_exit_codes: [0]":
    "a.yml:4:5: ok_exit_codes: found ok_exit_codes with preset, wanted it with command only",
  "name: a\nfile: /proc/meminfo\nnice: 3\nenv: {A: b}":
    "a.yml:4:5: nice: found nice with file, wanted it with command or preset only\na.yml:5:5: env: found env with file, wanted it with command or preset only",
  "name: a\ncommand: []\nparser: {format: prometheus}":
    "a.yml:3:14: command: found an empty list, wanted a program and its arguments",
  "name: a\ncommand: [x, {param: y}]\nparser: {format: prometheus}":
    'a.yml:3:19: command.1: unknown key "param", did you mean "parameter"? Wanted one of parameter',
  "name: a\ncommand: {x: y}": "a.yml:3:14: command: found a mapping, wanted a shell line, or a list of arguments",
  "name: a\ncommand: /opt/mem.sh":
    "a.yml:3:14: command: found nothing that tells how to read the output, wanted parser or output_of",
  "name: a\ncommand: /opt/mem.sh\nparser: {format: free}": `a.yml:3:14: command: preset free can't read the output: found "/opt/mem.sh" as the command line, wanted one of free, since units depend on it, wanted output_of, like output_of: free -m`,
  "name: a\ncommand: /opt/mem.sh\noutput_of: df -h":
    "a.yml:4:16: output_of: found nothing that tells how to read the output, wanted a line like free -m, or parser",
  [`name: a\ncommand: x\noutput_of: free\n${PAGE}`]:
    "a.yml:4:5: output_of: found output_of with format prometheus, wanted one of them",
  "name: a\ncommand: x\nparser: {format: cvs}":
    'a.yml:4:13: parser: unknown format "cvs", did you mean "csv"? Wanted one of prometheus, keyvalue, table, csv, json, regex, nagios, influx, free, meminfo, vmstat, pressure, swaps, cgroup, zram, numa, processes, oom, vm_stat, freebsd, windows, aix, solaris',
  "name: a\ncommand: x\nparser: {format: csv}":
    'a.yml:4:5: parser: missing key "metrics", wanted what becomes of the fields: format csv names no metrics',
  [`name: a\ncommand: x\n${PAGE}\nmetrics: [${gauge("x")}]`]:
    "a.yml:5:5: metrics: found metrics with format prometheus, wanted none: it names them itself",
  [`name: a\ncommand: x\nmetrics: [${gauge("x")}]`]:
    'a.yml:4:5: metrics: missing key "parser", wanted the format whose fields metrics name',
  "name: a\ncommand: x\nparser: {format: csv, delimiter: ';;'}\nmetrics: []":
    'a.yml:4:5: parser: missing key "metrics", wanted what becomes of the fields: format csv names no metrics\n' +
    'a.yml:4:38: parser.delimiter: found ";;", wanted one character, like ";", or "\\t" in double quotes',
  "name: a\ncommand: x\nparser: {format: csv, header: constructor}\nmetrics: [{name: x, help: h, value: v}]":
    'a.yml:4:35: parser.header: found "constructor", wanted true or false',
  "name: a\ncommand: [bin/x]\nparser: {format: prometheus}":
    'a.yml:3:15: command.0: found "bin/x", a path relative to /, where commands run, wanted an absolute path like /path/to/bin/x',
  "name: a\ncommand: free -m >/dev/null":
    "a.yml:3:14: command: found its stdout redirected, wanted it left to the exporter, which reads it",
  [`commands:\n${csv("a", "{name: 2x, help: h, value: v}")}`]:
    'a.yml:2:69: metrics.0.name: found "2x", wanted a metric name (letters, digits and _, not beginning with a digit)',
  [`commands:\n${csv("a", "{name: x, value: v, type: guage}")}`]:
    'a.yml:2:62: metrics.0: missing key "help"\na.yml:2:88: metrics.0.type: found "guage", did you mean "gauge"? Wanted one of gauge, counter, untyped',
  [`commands:\n${csv("a", gauge("x", ", type: counter"))}`]:
    'a.yml:2:69: metrics.0.name: found counter "x", wanted a name that ends in _total',
  [`commands:\n${csv("a", gauge("x_total", ", type: counter, unit: bytes"))}`]:
    'a.yml:2:118: metrics.0.unit: found unit "bytes" of "x_total", wanted a name that ends in _bytes_total',
  [`commands:\n${csv("a", gauge("x", ", labels: {a-b: c}"))}`]:
    'a.yml:2:100: metrics.0.labels: found "a-b", wanted a label name (letters, digits and _, not beginning with a digit or __)',
  [`commands:\n${csv("a", gauge("x", ", labels: {a: c}, constants: {a: d}"))}`]:
    'a.yml:2:119: metrics.0.constants.a: found label "a" in labels too, wanted it in one of them',
  "name: a\ncommand: [x]\nenv: {A: {}}\nparser: {format: prometheus}":
    "a.yml:4:14: env.A: found 0 of them, wanted one of {file: PATH}, {credential: NAME}, {parameter: NAME}",
  "name: a\ncommand: [x]\nenv: {A: {file: /no/such}}\nparser: {format: prometheus}":
    'a.yml:4:14: env.A: cannot read "/no/such": no such file',
  "name: a\ncommand: [x]\nenv: {A: {credential: c}}\nparser: {format: prometheus}":
    "a.yml:4:14: env.A: found a credential, but no CREDENTIALS_DIRECTORY in the environment, wanted LoadCredential=c:PATH in the unit",
  "name: a\ncommand: [x]\nenv: {A: [hunter2]}\nparser: {format: prometheus}":
    "a.yml:4:14: env.A: found a list, wanted a text, {file: PATH}, {credential: NAME} or {parameter: NAME}",
  "name: a\ncommand: [x, {parameter: t}]\nparser: {format: prometheus}":
    'a.yml:3:18: command.1: found parameter "t", which parameters doesn\'t declare',
  "name: a\ncommand: [x]\nparameters: {t: {pattern: a}}\nparser: {format: prometheus}":
    'a.yml:4:18: parameters.t: found parameter "t", which neither command nor env uses',
  "name: a\ncommand: ping $t\nparameters: {t: {pattern: a}}\nparser: {format: prometheus}": `a.yml:4:5: parameters: found parameters with a shell line, ${SHELL}: a parameter is never part of a shell line`,
  "name: a\ncommand: [sh, -c, {parameter: t}]\nparameters: {t: {pattern: a}}\nparser: {format: prometheus}":
    "a.yml:3:23: command.2: found a parameter behind -c, which takes a program there, wanted it elsewhere",
  "name: a\ncommand: [sudo, ssh, host, free, {parameter: t}]\nparameters: {t: {pattern: a}}\nparser: {format: prometheus}":
    "a.yml:3:38: command.4: found a parameter of ssh, which makes a shell line of its arguments, wanted none there",
  "name: a\ncommand: [{parameter: t}]\nparameters: {t: {pattern: a}}\nparser: {format: prometheus}":
    "a.yml:3:15: command.0: found a parameter, wanted the program itself",
  "name: a\ncommand: [x, {parameter: t}]\ninterval: 1m\nparameters: {t: {pattern: a}}\nparser: {format: prometheus}":
    "a.yml:4:5: interval: found interval with parameters, wanted none: such a command runs when it is asked for",
  "name: a\ncommand: [x, {parameter: t}]\nparameters: {t: {pattern: '(?=a)'}}\nparser: {format: prometheus}":
    'a.yml:4:31: parameters.t.pattern: found "(?=a)", wanted a pattern of RE2: invalid or unsupported Perl syntax',
  "name: a\ncommand: [x, {parameter: t}]\nparameters: {t: {pattern: a, default: b}}\nparser: {format: prometheus}":
    'a.yml:4:43: parameters.t.default: found "b", wanted a value that matches a',
};

for (const [content, wanted] of Object.entries(MISTAKES)) {
  const whole = /^(comm?ands|max_concurrent|$)/.test(content);
  const file = whole ? content : `commands:\n  - ${content.replaceAll("\n", "\n    ")}\n`;
  test(`a mistake: ${JSON.stringify(content)}`, async () => {
    const told = await readFiles({ "a.yml": file });
    assert.is(told, wanted);
  });
}

test("all mistakes of all files are told at once, in their order", async () => {
  const told = await readFiles({
    "b.yml": `commands:\n  - ${FREE}\n  - {name: x, preset: free, cwd: tmp, nice: 99}\nbogus: 1\n`,
    "a.yml": `commands: [{name: free, preset: pressure}]\nbogus: 1\nbogus: 2\n`,
  });
  assert.equal(String(told).split("\n"), [
    'b.yml:3:34: cwd: found "tmp", wanted an absolute path',
    'b.yml:3:45: nice: found "99", wanted a whole number from -20 to 19',
    'b.yml:4:1: unknown key "bogus", wanted one of max_concurrent, commands',
    'a.yml:1:19: name: found "free" twice, wanted a name of its own (the first is at b.yml:2:12)',
    'a.yml:2:1: unknown key "bogus", wanted one of max_concurrent, commands',
    'a.yml:3:1: found key "bogus" twice, wanted it once',
  ]);
});

test("max_concurrent stands in one file", async () => {
  const file = (name: string) => `max_concurrent: 2\ncommands: [{name: ${name}, preset: free}]`;
  const told = await readFiles({ "a.yml": file("a"), "b.yml": file("b") });
  assert.is(told, "b.yml:1:1: found max_concurrent again, wanted it in one file (a.yml:1:1)");
  assert.is((await good(file("a"))).maxConcurrent, 2);
});

const load = async (paths: readonly string[]) => valueOrThrow(await readCommands(paths, CONTEXT));

test("a directory stands for its files *.yml, in the order of their names", async () => {
  await withFolder(async (folder) => {
    const empty = await readCommands([folder], CONTEXT);
    assert.equal(empty.kind === "bad" && empty.problems.map(formatProblem), [
      `${folder}: found no file *.yml in this directory, wanted one at least`,
    ]);
    mkdirSync(join(folder, "more.d"));
    for (const name of ["b", "a", ".hidden"])
      writeFileSync(join(folder, `${name}.yml`), `commands: [{name: ${name === "a" ? "a" : "b"}, preset: free}]`);
    writeFileSync(join(folder, "notes.txt"), "none");
    const { commands, files } = await load([folder, join(folder, "a.yml")]);
    assert.equal(
      commands.map(({ name }) => name),
      ["a", "b"],
    );
    assert.equal(files, [join(folder, "a.yml"), join(folder, "b.yml")]);
  });
});

test("a file that can't be read is told, and loading throws all problems", async () => {
  try {
    await load(["/no/such.yml", "/dev/null", "/proc/self"]);
    assert.unreachable();
  } catch (error) {
    assert.instance(error, ConfigError);
    assert.equal(error instanceof ConfigError && error.problems.map(formatProblem), [
      "/no/such.yml: Cannot read it: no such file",
      "/dev/null: Cannot read it: it is not a regular file",
      "/proc/self: found no file *.yml in this directory, wanted one at least",
    ]);
  }
});

test.run();
