import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { run } from "../exporter.ts";
import { withFolder } from "../stand_in.ts";

const NUMBER = "parser: {format: regex, pattern: '(?P<v>[0-9]+)'}, metrics: [{name: NAME, help: h, value: v}]";
const command = (name: string, rest: string) =>
  `  - {name: ${name}, ${rest}, ${NUMBER.replace("NAME", `x_${name}`)}}\n`;

/** `once` with a configuration. */
async function once(content: string, ...args: readonly string[]) {
  return withFolder(async (folder) => {
    const file = join(folder, "a.yml");
    writeFileSync(file, content.replaceAll("FOLDER", folder));
    const ended = await run({ args: ["once", `--config.file=${file}`, "--log.level=error", ...args] });
    return { ...ended, stderr: ended.stderr.replaceAll(`${folder}/`, "") };
  });
}

/** The lines of a page with these words. */
const lines = (page: string, words: RegExp) => page.split("\n").filter((line) => words.test(line));

test("the commands of a configuration are run in place of the memory command", async () => {
  const content = `commands:\n${command("one", "command: [echo, '17']")}${command("two", "command: 'echo 4; echo 2 >&2'")}`;
  const { code, stdout } = await once(content);
  assert.is(code, 0);
  assert.equal(lines(stdout, /^(x_|memory_up|memory_total)/), ["memory_up 1", "x_one 17", "x_two 4"]);
});

test("one that fails fails alone, and once exits 2", async () => {
  const content = `commands:\n${command("one", "command: [echo, '17']")}${command("two", "command: 'exit 3'")}${command("three", "command: 'echo 5; exit 3', ok_exit_codes: [3]")}`;
  const { code, stdout } = await once(content);
  assert.is(code, 2);
  assert.equal(lines(stdout, /^(x_|memory_up|.*success\{)/), [
    'memory_exporter_command_success{command="one"} 1',
    'memory_exporter_command_success{command="three"} 1',
    'memory_exporter_command_success{command="two"} 0',
    "memory_up 0",
    "x_one 17",
    "x_three 5",
  ]);
});

test("a command has its directory, its niceness and its environment, and nothing of a secret is shown", async () => {
  const own = "command: 'pwd; nice; echo $TOKEN; echo x$LANG', parser: {format: regex, pattern: '^(?P<w>.*)$'}";
  const metrics = "metrics: [{name: seen, help: h, value: {number: 1}, labels: {word: w}}]";
  const content = `commands: [{name: a, ${own}, ${metrics}, cwd: /usr, nice: 3, env: {TOKEN: {file: FOLDER/a.yml}}}]`;
  const { code, stdout } = await once(content.replace("{file: FOLDER/a.yml}", "abc"));
  assert.is(code, 0);
  const words = lines(stdout, /^seen/).map((line) => /word="(.*)"/.exec(line)?.[1] ?? "");
  assert.ok(words.includes("/usr") && words.includes("abc") && words.includes("x"), words.join());
});

test("an invalid configuration is reported before anything is started", async () => {
  const { code, stdout, stderr } = await once(
    `commands:\n${command("one", "command: [touch, FOLDER/ran], tiemout: 1s")}`,
  );
  assert.equal([code, stdout], [1, ""]);
  assert.match(
    stderr,
    /^memory_exporter: error: a\.yml:2:\d+: unknown key "tiemout", did you mean "timeout"\? Wanted one of name, /,
  );
});

test("flags about commands are bad usage with a configuration", async () => {
  for (const flag of ["--command=free", "--command.preset=auto", "--command.output-of=free"]) {
    const { code, stderr } = await once("commands: [{name: a, preset: free}]", flag);
    const name = flag.replace(/=.*/, "");
    assert.equal(
      [code, stderr],
      [
        1,
        `memory_exporter: error: ${name}: found with --config.file, whose commands are run, wanted one of them, try --help\n`,
      ],
    );
  }
});

test("flags of commands are defaults, which a command may override", async () => {
  const content = `commands:\n${command("one", "command: [sleep, '60'], timeout: 100ms")}${command("two", "command: [sleep, '60']")}`;
  const { code, stdout } = await once(content, "--command.timeout=200ms");
  assert.is(code, 2);
  assert.equal(lines(stdout, /^memory_exporter_command_timeout/), [
    'memory_exporter_command_timeout_seconds{command="one"} 0.1',
    'memory_exporter_command_timeout_seconds{command="two"} 0.2',
  ]);
});

test("where only the output shows a conflict, the later command fails alone", async () => {
  const page = (text: string) => `command: [printf, '${text}'], parser: {format: prometheus}`;
  const content = `commands:\n  - {name: one, ${page("a 1\\n")}}\n  - {name: two, ${page("b 1\\na 2\\n")}}\n  - {name: three, ${page("up 1\\n")}}\n`;
  const { code, stdout } = await once(content);
  assert.is(code, 2);
  assert.equal(lines(stdout, /^(a|b|up|memory_up|.*success\{)/), [
    "a 1",
    'memory_exporter_command_success{command="one"} 1',
    'memory_exporter_command_success{command="three"} 0',
    'memory_exporter_command_success{command="two"} 0',
    "memory_up 0",
  ]);
});

test("files of a pattern come each by itself, with the time when they were written", async () => {
  await withFolder(async (folder) => {
    writeFileSync(join(folder, "a.prom"), "a 1\n");
    writeFileSync(join(folder, "b.prom"), "oops\n");
    const { code, stdout } = await once(`commands: [{name: t, file: ${folder}/*.prom, parser: {format: prometheus}}]`);
    assert.is(code, 0);
    assert.equal(
      lines(stdout, /^(a |memory_exporter_file_success)/).map((line) => line.replace(folder, "")),
      [
        "a 1",
        'memory_exporter_file_success{command="t",file="/a.prom"} 1',
        'memory_exporter_file_success{command="t",file="/b.prom"} 0',
      ],
    );
    assert.match(stdout, /^memory_exporter_file_mtime_seconds\{command="t",file=".*\/a\.prom"\} \d+/m);
  });
});

test.run();
