import { test } from "uvu";
import * as assert from "uvu/assert";
import { good, readFiles } from "./command_files.ts";

test("mistakes of single keys hide none of what keys mean together", async () => {
  const told = await readFiles({
    "a.yml": `commands:
  - name: bad name
    tiemout: 5s
    interval: 5
    max_age: 1m
    comand: [x]
    env: {A: {parameter: p}, B: [hunter2]}
    parser: {format: regex, pattern: '(?=a)', bogus: 1}
    metrics:
      - {name: up, value: v, type: guage}
      - {name: x_bytes, help: h, value: v, unit: seconds, convert: byte}
      - {name: 2x, help: h, value: v, unit: bytes}
      - {name: y, help: h, value: [v]}
      - text
  - name: b
    command: [x, {parameter: p}, {param: q}]
    cwd: tmp
    parser: {format: json, path: '$[', lines: maybe}
    metrics: [{name: z, help: h, value: '$.['}]
    isolate: pidns
    metrics: []
  - name: c
    file: [x]
    nice: 3
    parser: {format: json, path: '$['}
    metrics: [{name: z, help: h, value: '$.['}, {name: memory_up, hlep: h, value: v}]
`,
  });
  const lines = String(told).split("\n");
  assert.equal(
    lines.map((line) => line.replace(/, (?:did you mean|wanted|which|as command) .*$/, "")),
    [
      'a.yml:2:11: name: found "bad name"',
      'a.yml:3:5: unknown key "tiemout"',
      'a.yml:4:15: interval: found "5"',
      'a.yml:6:5: unknown key "comand"',
      'a.yml:7:14: env.A: found parameter "p"',
      "a.yml:7:33: env.B: found a list",
      'a.yml:8:38: parser.pattern: found "(?=a)"',
      'a.yml:8:47: parser: unknown key "bogus"',
      'a.yml:10:9: metrics.0: missing key "help"',
      'a.yml:10:16: metrics.0.name: found "up"',
      'a.yml:10:36: metrics.0.type: found "guage"',
      'a.yml:11:50: metrics.1.unit: found unit "seconds" of "x_bytes"',
      'a.yml:11:68: metrics.1.convert: found "byte"',
      'a.yml:12:16: metrics.2.name: found "2x"',
      "a.yml:13:35: metrics.3.value: found a list",
      "a.yml:14:9: metrics.4: found a text",
      'a.yml:16:18: command.1: found parameter "p"',
      'a.yml:16:35: command.2: unknown key "param"',
      'a.yml:17:10: cwd: found "tmp"',
      'a.yml:18:34: parser.path: found "$["',
      'a.yml:18:47: parser.lines: found "maybe"',
      'a.yml:19:41: metrics.0.value: found "$.["',
      'a.yml:20:14: isolate: found "pidns"',
      'a.yml:21:5: found key "metrics" twice',
      "a.yml:23:11: file: found a list",
      "a.yml:24:5: nice: found nice with file",
      'a.yml:25:34: parser.path: found "$["',
      'a.yml:26:22: metrics.0.name: found the series "z" again',
      'a.yml:26:41: metrics.0.value: found "$.["',
      'a.yml:26:56: metrics.1.name: found "memory_up"',
      'a.yml:26:67: metrics.1: unknown key "hlep"',
    ],
  );
});

const PAGE = "parser: {format: prometheus}";
const csv = (metric: string, parser = "csv") =>
  `command: [x]\nparser: {format: ${parser}}\nmetrics: [{name: m, help: h, ${metric}}]`;

/** The keys of a command, and what is told of them. */
const MISTAKES: Readonly<Record<string, string>> = {
  "command: '  '\nparser: {format: prometheus}": "3:14: command: found nothing but blanks, wanted a shell line",
  "preset: free\nparser: {format: free}": "4:5: parser: found parser with preset, wanted it with command or file only",
  "file: /x": "3:11: file: found nothing that tells how to read the output, wanted parser",
  "file: /x\nparser: {format: nagios}":
    "4:22: parser.format: found format nagios with file, wanted it with command: a file has no exit status",
  "command: [x]\nparser: json": '4:13: parser: found "json", wanted a mapping, like {format: json}',
  "command: [x]\nparser: [json]": "4:13: parser: found a list, wanted a mapping, like {format: prometheus}",
  [`command: [x]\nenv: {A: {fiel: /x}}\n${PAGE}`]:
    '4:15: env.A: unknown key "fiel", did you mean "file"? Wanted one of file, credential, parameter',
  [`command: [x]\nenv: {A: {file: x}}\n${PAGE}`]: '4:21: env.A.file: found "x", wanted an absolute path',
  [`command: [x]\nmax_series: '10'\n${PAGE}`]: '4:17: max_series: found "10" in quotes, wanted it without',
  [`command: [x]\nnice: "no"\n${PAGE}`]: '4:11: nice: found "no", wanted a whole number from -20 to 19',
  [`command: [x, {parameter: command}]\nparameters: {command: {pattern: a}}\n${PAGE}`]:
    '4:18: parameters.command: found parameter "command", by which a request names the command, wanted another name',
  [csv("value: v, scale: 0")]: "5:51: metrics.0.scale: found 0, by which each value would be 0, wanted another factor",
  [csv("value: {number: 1}, convert: bytes, absent: [x]")]:
    "5:54: metrics.0.convert: found convert with {number: N}, wanted it for a field only\n" +
    "5:70: metrics.0.absent: found absent with {number: N}, wanted it for a field only",
  "command: [x]\nparser: {format: nagios, labels: {a: b, unit: c}}":
    '4:45: parser.labels.unit: found label "unit", which figures have already, wanted another',
  [csv("value: value", "nagios, labels: {a: b}")]:
    "4:30: parser.labels: found labels with metrics, wanted labels and constants of each metric",
};

for (const [content, wanted] of Object.entries(MISTAKES)) {
  test(`keys that can't be together: ${JSON.stringify(content)}`, async () => {
    const told = await readFiles({
      "a.yml": `commands:\n  - name: a\n    ${content.replaceAll("\n", "\n    ")}\n`,
    });
    assert.is(String(told).replaceAll("a.yml:", ""), wanted);
  });
}

test("a maximum age goes with the interval of the flags too", async () => {
  const schedule = { intervalMs: 10_000, maxAgeMs: 30_000 };
  const content = (age: string) => `commands: [{name: a, preset: free, max_age: ${age}}]`;
  const { commands } = await good(content("1m"), { schedule });
  assert.equal(commands[0]?.source?.schedule, { intervalMs: 10_000, maxAgeMs: 60_000 });
  const told = await readFiles({ "a.yml": content("1s") }, { schedule });
  assert.is(told, "a.yml:1:45: max_age: found less than interval, wanted at least as much");
});

test.run();
