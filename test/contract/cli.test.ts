import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { run } from "../exporter.ts";
import { affordable, form } from "../forms.ts";
import { PRINT_FREE, withFolder, withPrograms } from "../stand_in.ts";

const PACKAGE = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));

const READING = ["command", "command.output-of", "command.preset", "metrics.namespace", "metrics.names"];
const RUNNING = [...READING, "command.timeout", "command.max-output", "command.isolate", "command.die-with-exporter"];
const SELF = ["web.exporter-metrics", "web.disable-exporter-metrics"];
const GENERAL = ["log.level", "log.format", "help", "version"];
/** Flags of what pushes, by the end of their names. */
const PUSHING = [
  ...["url", "protocol", "interval", "timeout", "job", "grouping", "label", "method", "delete-on-exit", "config.file"],
  ...["remote-write-version", "queue-size", "queue-age", "spool", "otlp-attribute"],
].map((end) => `push.${end}`);

/** Flags that the help of a command shows. */
const FLAGS: Readonly<Record<string, readonly string[]>> = {
  serve: [
    "web.listen-address",
    "web.telemetry-path",
    "web.max-requests",
    ...SELF,
    "command.interval",
    "command.max-age",
    "web.enable-debug",
    "web.config.file",
    "web.health-without-auth",
    "web.systemd-socket",
    "timeout-offset",
    ...PUSHING,
    ...RUNNING,
    ...GENERAL,
  ],
  once: ["format", ...SELF, ...RUNNING, ...GENERAL],
  push: [...PUSHING, ...SELF, ...RUNNING, ...GENERAL],
  textfile: ["textfile.path", "textfile.interval", ...SELF, ...RUNNING, ...GENERAL],
  check: ["web.config.file", ...GENERAL],
  parse: ["file", "format", ...READING, ...GENERAL],
};

test("--version is laid out as in the exporters of Prometheus", async () => {
  const { code, stdout, stderr } = await run({ args: ["--version"] });
  const [head, ...rows] = stdout.split("\n");
  const isSource = form.startsWith("source");
  const version = isSource ? "(devel)" : PACKAGE.version;
  const stamp = isSource ? "branch: unknown, revision: unknown" : "branch: ";
  assert.ok(head?.startsWith(`memory_exporter, version ${version} (${stamp}`), head);
  assert.match(head ?? "", /^memory_exporter, version \S+ \(branch: \S+, revision: \S+\)$/);
  assert.match(rows[0] ?? "", isSource ? /^ {2}build user: {7}unknown$/ : /^ {2}build user: {7}\S+$/);
  assert.match(rows[1] ?? "", isSource ? /^ {2}build date: {7}unknown$/ : /^ {2}build date: {7}\d{8}-\d\d:\d\d:\d\d$/);
  const runtime = form.endsWith("deno")
    ? /^ {2}node version: {5}v\d+\.\d+\.\d+ \(deno 2\.\d+\.\d+\)$/
    : /^ {2}node version: {5}v\d+\.\d+\.\d+$/;
  assert.match(rows[2] ?? "", runtime);
  assert.is(rows[3], `  platform:         linux/${process.arch === "x64" ? "amd64" : process.arch}`);
  assert.is(
    rows[4],
    `  tags:             ${{ source: "source", bundle: "bundle", executable: "sea" }[form.split("-")[0] ?? ""]}`,
  );
  assert.equal(rows.slice(5), [""]);
  assert.is(stderr, "");
  assert.is(code, 0);
});

test("--version and --help are found anywhere, with one dash too, and nothing else happens", async () => {
  for (const args of affordable(
    [["version"], ["once", "--version"], ["-version"], ["--log.level=debug", "--version"]],
    2,
  )) {
    const { code, stdout } = await run({ args });
    assert.match(stdout, /^memory_exporter, version .*\n {2}build user: /);
    assert.is(code, 0);
  }
  for (const args of affordable([["help"], ["serve", "--help"], ["help", "once"], ["-h"], ["-help"]], 2)) {
    const { code, stdout, stderr } = await run({ args });
    assert.match(stdout, /^usage: memory_exporter /);
    assert.equal([code, stderr], [0, ""]);
  }
  const [asWord, asFlag] = [await run({ args: ["help", "once"] }), await run({ args: ["once", "--help"] })];
  assert.is(asWord.stdout, asFlag.stdout);
});

for (const [command, flags] of affordable(Object.entries(FLAGS), 2)) {
  test(`${command} --help shows every flag of ${command} in 100 columns`, async () => {
    const { code, stdout, stderr } = await run({ args: [command, "--help"] });
    const shown = [...stdout.matchAll(/^ {2}(?:-h, )?--(?:\[no-\])?([a-z0-9.-]+)/gm)].map((row) => row[1] ?? "");
    for (const flag of flags) assert.ok(shown.includes(flag), `--${flag} is missing`);
    assert.equal([...new Set(shown)], shown, "a flag is shown twice");
    for (const line of stdout.split("\n")) assert.ok([...line].length <= 100, line);
    assert.match(stdout, new RegExp(`^usage: memory_exporter ${command} \\[<flags>\\]\n`));
    assert.equal([code, stderr], [0, ""]);
  });
}

test("--help alone shows the commands, the flags of serve, defaults and aliases", async () => {
  const { stdout } = await run({ args: ["--help"] });
  assert.match(stdout, /^usage: memory_exporter \[<command>\] \[<flags>\]\n/);
  for (const command of [...Object.keys(FLAGS), "version", "help"])
    assert.match(stdout, new RegExp(`^ {2}${command} {2,}\\w`, "m"));
  const flat = stdout.replace(/\s+/g, " ");
  for (const said of [
    "--web.listen-address=ADDRESS Address",
    "Default: :9101.",
    "--[no-]web.disable-exporter-metrics ",
    "-h, --help ",
    "--version ",
    "Also --free.",
    "Default: 5s. Also --nginx.timeout.",
    "MEMORY_EXPORTER_LOG_LEVEL",
  ])
    assert.ok(flat.includes(said), said);
});

test("errors of operation don't suggest --help", async () => {
  const { code, stdout, stderr } = await run({ args: ["parse", "--file=/no/such\nfile"] });
  assert.equal([code, stdout], [1, ""]);
  assert.is(stderr, 'memory_exporter: error: cannot read "/no/such\\nfile": no such file or directory\n');
});

test("what can't be written to stdout is one line and exit 1", async () => {
  const commands = [
    ["--version"],
    ["once", "--log.level=error"],
    ["--help"],
    ["version"],
    ["parse", "--command=free -b -w"],
  ];
  await withPrograms({ free: PRINT_FREE }, async (env) => {
    for (const command of affordable(commands, 2)) {
      const printed = await run({
        args: command,
        env,
        under: ["/bin/sh", "-c", 'exec "$0" "$@" >/dev/full'],
        stdin: readFileSync(new URL("../golden/free.txt", import.meta.url)),
      });
      assert.match(printed.stderr, /^memory_exporter: error: cannot write to stdout: no space left on device\n$/);
      assert.is(printed.code, 1, command.join(" "));
    }
  });
});

/** Deno writes its caches first, and ends by the signal of the limit. */
const limited = form.endsWith("deno") ? () => {} : test;

limited("what a file takes only a part of is no success", async () => {
  await withFolder(async (folder) => {
    // One block: the first write is cut short by it, and only the next one fails.
    const under = ["/bin/sh", "-c", `ulimit -f 1; exec "$0" "$@" >${folder}/out`];
    const { code, stderr } = await run({ args: ["print", "man"], under });
    assert.equal([code, stderr], [1, "memory_exporter: error: cannot write to stdout: the file would be too large\n"]);
    assert.ok(readFileSync(join(folder, "out")).length > 0);
    const all = ["/bin/sh", "-c", `exec "$0" "$@" >>${folder}/out`];
    assert.is((await run({ args: ["help"], under: all })).code, 0);
    assert.match(readFileSync(join(folder, "out"), "utf8"), /^\.TH[\s\S]*Commands:[\s\S]*\n$/);
  });
});

test("a refused line starts nothing", async () => {
  await withPrograms({ free: 'echo ran > "$HOME/ran"' }, async (env, folder) => {
    for (const args of [["--log.level=loud"], ["once", "--bogus"], ["--web.listen-address=nowhere"]]) {
      assert.is((await run({ args: [...args, "--command=free"], env: { ...env, HOME: folder } })).code, 1);
    }
    assert.not.ok(existsSync(join(folder, "ran")));
  });
});

/** Ways to write one and the same. */
const SPELLINGS = [
  ["--command=free -b", "once"],
  ["once", "-free", "free -b"],
  ["once", "--command", "free -b"],
  ["-command=free -b", "once"],
  ["once", "--free=free -b", "--log.level", "warn"],
];

test("a flag is written with one dash or two, its value behind = or in the next word", async () => {
  await withPrograms({ free: 'test "$*" = -b && exit 3' }, async (env) => {
    for (const args of affordable(SPELLINGS, 2)) {
      const { code, stderr } = await run({ args, env });
      assert.match(stderr, /outcome=exit reason="exit status 3"/);
      assert.is(code, 2);
    }
  });
});

test.run();
