import { test } from "uvu";
import * as assert from "uvu/assert";
import { readFiles } from "./command_files.ts";

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
      'a.yml:16:34: command.2: missing key "parameter"',
      'a.yml:16:35: command.2: unknown key "param"',
      'a.yml:17:10: cwd: found "tmp"',
      'a.yml:18:34: parser.path: found "$["',
      'a.yml:18:47: parser.lines: found "maybe"',
      'a.yml:19:41: metrics.0.value: found "$.["',
      'a.yml:20:14: isolate: found "pidns"',
      'a.yml:21:5: found key "metrics" twice',
      "a.yml:23:11: file: found a list",
      "a.yml:24:5: nice: found nice beside file",
      'a.yml:25:34: parser.path: found "$["',
      'a.yml:26:22: metrics.0.name: found the series "z" again',
      'a.yml:26:41: metrics.0.value: found "$.["',
      'a.yml:26:49: metrics.1: missing key "help"',
      'a.yml:26:56: metrics.1.name: found "memory_up"',
      'a.yml:26:67: metrics.1: unknown key "hlep"',
    ],
  );
});

test.run();
