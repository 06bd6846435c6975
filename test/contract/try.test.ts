import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { run } from "../exporter.ts";
import { withFolder } from "../stand_in.ts";

const CONFIG = `
commands:
  - name: gpu
    command: 'echo oops >&2; printf "0, 24576\\n1, 4\\n"'
    parser: {format: csv, columns: [index, total]}
    metrics: [{name: memory_gpu_total_bytes, help: h, value: total, scale: 1024, labels: {gpu: index}}]
  - name: bad
    command: 'echo x, y; exit 3'
    parser: {format: csv, columns: [index, total]}
    metrics: [{name: other, help: h, value: total}]
  - name: ping
    command: [echo, {parameter: n}]
    parser: {format: regex, pattern: '(?P<v>[0-9]+)'}
    metrics: [{name: seen, help: h, value: v}]
    parameters: {n: {pattern: '[0-9]+'}}
  - name: json
    command: ['printf', '%s', '{"a": [{"v": 1}, {"v": 2, "n": "${"x".repeat(1200)}"}]}']
    parser: {format: json, path: '$.a[*]'}
    metrics: [{name: last, help: h, value: v, when: {v: 2}}]
  - name: plugin
    command: [printf, 'OK\\t\\033[1m"fine"|a=5;;;0']
    parser: {format: nagios}
  - name: preset
    preset: free
    env: {PATH: /no/such}
  - name: taken
    command: [printf, 'memory_up 5\\nup 3\\n']
    parser: {format: prometheus}
  - name: utf8
    command: [echo, '{"mem.free","host.name"="a"} 1']
    parser: {format: prometheus}
`;

function withConfig(args: readonly string[], stdin = "") {
  return withFolder(async (folder) => {
    const file = join(folder, "a.yml");
    writeFileSync(file, CONFIG);
    return run({ args: [...args, `--config.file=${file}`], stdin });
  });
}

test("try shows the output of a command and its metrics", async () => {
  const { code, stdout, stderr } = await withConfig(["try", "gpu"]);
  assert.equal([code, stderr], [0, ""]);
  assert.is(
    stdout.replace(/after [\d.]+ s/, "after T s"),
    `command | /bin/sh -c 'echo oops >&2; printf "0, 24576\\n1, 4\\n"'
exit    | 0 after T s
stdout  | 0, 24576
        | 1, 4
stderr  | oops
fields  | line 1: index="0" total="24576"
        | line 2: index="1" total="4"
metrics | # TYPE memory_gpu_total_bytes gauge
        | memory_gpu_total_bytes{gpu="0"} 25165824
        | memory_gpu_total_bytes{gpu="1"} 4096
`,
  );
});

test("try shows the output of a command that failed too, and why it can't be read", async () => {
  const { code, stdout } = await withConfig(["try", "bad"]);
  assert.is(code, 2);
  assert.match(stdout, /^stdout {2}\| x, y$/m);
  assert.match(stdout, /^failed {2}\| exit status 3, wanted 0 \(ok_exit_codes\)$/m);
  assert.match(stdout, /^failed {2}\| line 1: found "y" in "total", wanted a number$/m);
});

test("try shows long lines with what was left out, records without a line by their number, and only fields that are there", async () => {
  const { stdout } = await withConfig(["try", "json"]);
  const whole = `{"a": [{"v": 1}, {"v": 2, "n": "${"x".repeat(1200)}"}]}`;
  assert.ok(stdout.includes(`\nstdout  | ${whole.slice(0, 1000)}… (${whole.length - 1000} more characters)\n`), stdout);
  assert.match(stdout, /^fields {2}\| record 1: v=1\n {8}\| record 2: v=2 n="x+… \(\d+ more characters\)$/m);
  const plugin = await withConfig(["try", "plugin"]);
  assert.match(plugin.stdout, /^stdout {2}\| OK\\t\\u\{1b\}\[1m"fine"\|a=5;;;0$/m);
  assert.match(plugin.stdout, /^ {8}\| line 1: label="a" value=5 unit="" minimum=0$/m);
  assert.not.match(plugin.stdout, /undefined/);
});

test("try shows what files hold, and what became of each", () =>
  withFolder(async (folder) => {
    const config = join(folder, "a.yml");
    const keys = "parser: {format: keyvalue}, metrics: [{name: v, help: h, value: a, labels: {b: b}}]";
    writeFileSync(config, `commands: [{name: f, file: ${folder}/*.txt, ${keys}}]`);
    for (const i of ["1", "2", "bad"]) writeFileSync(join(folder, `${i}.txt`), `a=${i}\nb=${i}\n`);
    mkdirSync(join(folder, "3.txt"));
    const { code, stdout } = await run({ args: ["try", `--config.file=${config}`] });
    assert.is(code, 0);
    const where = `Can't read "FOLDER/bad.txt": found "bad" in "a", wanted a number`;
    assert.is(
      stdout.replaceAll(folder, "FOLDER").replace(/metrics .*/s, ""),
      `file    | FOLDER/1.txt
content | a=1
        | b=1
file    | FOLDER/2.txt
content | a=2
        | b=2
file    | FOLDER/3.txt: it is a directory
file    | FOLDER/bad.txt
content | a=bad
        | b=bad
fields  | record 1: a="1" b="1"
        | record 1: a="2" b="2"
        | record 1: a="bad" b="bad"
warned  | Can't read "FOLDER/3.txt": it is a directory
        | ${where}
`,
    );
    assert.match(stdout, /^ +\| v\{b="1"\} 1\n +\| v\{b="2"\} 2$/m);
  }));

test("try goes on to the next attempt of a preset until one works", async () => {
  const { code, stdout } = await withConfig(["try", "preset"]);
  assert.is(code, 0);
  assert.equal(stdout.match(/^(?:command|failed|file|metrics) +\| (?:\w+|# TYPE)/gm), [
    "command | free",
    "failed  | spawn",
    "command | free",
    "failed  | spawn",
    "command | cat",
    "metrics | # TYPE",
  ]);
});

test("try and parse refuse names that a page refuses", async () => {
  const message = 'found "memory_up", which is a name of the exporter or of Prometheus itself';
  const tried = await withConfig(["try", "taken"]);
  assert.is(tried.code, 2);
  assert.match(tried.stdout, `failed  | ${message}\n`);
  const parsed = await withConfig(["parse", "--command.name=taken"], "memory_up 5\nup 3\n");
  assert.equal(parsed, { ...parsed, code: 2, stdout: "", stderr: `memory_exporter: error: ${message}\n` });
});

test("once writes names beyond ASCII as they are, as Prometheus 3 does", async () => {
  const { code, stdout } = await withConfig(["once", "--log.level=error"]);
  assert.is(code, 2, "bad fails");
  assert.match(stdout, /^\{"mem\.free","host\.name"="a"\} 1$/m);
});

test("try takes values for parameters", async () => {
  const { code, stdout } = await withConfig(["try", "ping", "--parameter=n=5"]);
  assert.is(code, 0);
  assert.match(stdout, /^ +\| seen 5$/m);
  const missing = await withConfig(["try", "ping"]);
  assert.equal(
    [missing.code, missing.stderr],
    [1, "memory_exporter: error: try: missing parameter n, like --parameter=NAME=VALUE\n"],
  );
});

test("try without a name, or with one that isn't there, is bad usage", async () => {
  const none = await withConfig(["try"]);
  assert.is(
    none.stderr,
    "memory_exporter: error: try: found several commands, wanted one of gpu, bad, ping, json, plugin, preset, taken, utf8, try --help\n",
  );
  const other = await withConfig(["try", "gpo"]);
  assert.is(
    other.stderr,
    'memory_exporter: error: try: unknown command "gpo", wanted one of gpu, bad, ping, json, plugin, preset, taken, utf8, try --help\n',
  );
});

test("parse reads an output as a command of the configuration does", async () => {
  const { code, stdout } = await withConfig(["parse", "--command.name=gpu"], "7, 2\n");
  assert.is(code, 0);
  assert.match(stdout, /^memory_gpu_total_bytes\{gpu="7"\} 2048$/m);
  const bad = await withConfig(["parse", "--command.name=gpu"], "7, x\n");
  assert.equal(
    [bad.code, bad.stdout, bad.stderr],
    [2, "", 'memory_exporter: error: line 1: found "x" in "total", wanted a number\n'],
  );
});

test.run();
