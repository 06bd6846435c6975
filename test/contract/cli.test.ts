import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { run } from "../exporter.ts";
import { affordable, form } from "../forms.ts";
import { PRINT_FREE, withPrograms } from "../stand_in.ts";

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

/** What is said of a line that isn't understood; nothing else is printed. */
async function refusal(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await run({ args });
  assert.is(stdout, "");
  assert.is(code, 1);
  assert.match(stderr, /^[^\n]+\n$/, "wanted one line");
  const [, message] = /^memory_exporter: error: (.*), try --help\n$/.exec(stderr) ?? [];
  if (message === undefined) throw new Error(`Found ${stderr}`);
  return message;
}

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
  for (const args of [["version"], ["-version"], ["once", "--version"], ["--log.level=debug", "--version"]]) {
    const { code, stdout } = await run({ args });
    assert.match(stdout, /^memory_exporter, version .*\n {2}build user: /);
    assert.is(code, 0);
  }
  for (const args of [["help"], ["help", "once"], ["-h"], ["-help"], ["serve", "--help"]]) {
    const { code, stdout, stderr } = await run({ args });
    assert.match(stdout, /^usage: memory_exporter /);
    assert.equal([code, stderr], [0, ""]);
  }
  const [asWord, asFlag] = [await run({ args: ["help", "once"] }), await run({ args: ["once", "--help"] })];
  assert.is(asWord.stdout, asFlag.stdout);
});

for (const [command, flags] of Object.entries(FLAGS)) {
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

/** Arguments and what is said of them; the first few are tried on every form. */
const REFUSED: readonly (readonly [readonly string[], string | RegExp])[] = [
  [["--web.listen-adress=:1"], "unknown long flag '--web.listen-adress' (did you mean '--web.listen-address'?)"],
  [["ones"], 'unexpected argument "ones" (did you mean "once"?)'],
  [["--bogus"], "unknown long flag '--bogus'"],
  [["sideways"], 'unexpected argument "sideways"'],
  [["--log.level=info", "--log.level=info"], "flag 'log.level' cannot be repeated"],
  [["--log.level"], "expected argument for flag '--log.level'"],
  [
    ["once", "--command.preset=meminof"],
    /^--command\.preset: found "meminof" \(did you mean "meminfo"\?\), wanted one of auto, free, meminfo, /,
  ],
  [["--log.level=loud"], '--log.level: found "loud", wanted one of debug, info, warn, error'],
  [["--no-bogus"], "unknown long flag '--no-bogus'"],
  [["--web.listen-address=9101"], /^Invalid listen address "9101": missing port/],
  [["once", "--__proto__=1"], "unknown long flag '--__proto__'"],
  [["-bogus"], "unknown long flag '--bogus'"],
  [["--bogus=1"], "unknown long flag '--bogus'"],
  [["once", "--bo\ngus"], "unknown long flag '--bo\\ngus'"],
  [["help", "sideways"], 'unexpected argument "sideways"'],
  [["help", "once", "twice"], 'unexpected argument "twice"'],
  [["version", "once"], 'unexpected argument "once"'],
  [["x".repeat(100_000)], `unexpected argument "${"x".repeat(60)}…"`],
  [
    ["--web.exporter-metrics=all", "--web.disable-exporter-metrics"],
    "--web.exporter-metrics: found all beside --web.disable-exporter-metrics, wanted one of them",
  ],
  [["--no-web.telemetry-path"], "unknown long flag '--no-web.telemetry-path' (did you mean '--web.telemetry-path'?)"],
  [["once", "twice"], 'unexpected argument "twice"'],
  [["serve", "--", "--version"], 'unexpected argument "--version"'],
  [["toString"], 'unexpected argument "toString"'],
  [["--log.level", "--log.format=json"], "expected argument for flag '--log.level'"],
  [["--command=free", "--free=free"], "flag 'command' cannot be repeated"],
  [["--version", "--version=perhaps"], '--version: found "perhaps", wanted true or false'],
  [["--format=json"], "flag '--format' doesn't belong to this command"],
  [["once", "--web.max-requests=1"], "flag '--web.max-requests' doesn't belong to this command"],
  [
    ["--log.level=in\nfo"],
    '--log.level: found "in\\nfo" (did you mean "info"?), wanted one of debug, info, warn, error',
  ],
  [["--log.format=JSON"], '--log.format: found "JSON", wanted one of logfmt, json'],
  [["--command.timeout=5"], '--command.timeout: found "5", wanted a duration from 1ms to 24h, like 500ms, 5s or 1m30s'],
  [
    ["--command.max-output", "-1"],
    '--command.max-output: found "-1", wanted a size from 1B to 1GiB, like 64KiB or 1MiB',
  ],
  [["--web.max-requests=-1"], '--web.max-requests: found "-1", wanted a whole number, 0 or more'],
  [["--timeout-offset=1e3"], '--timeout-offset: found "1e3", wanted a number of seconds, 0 or more, like 0.5'],
  [
    ["--web.telemetry-path=metrics"],
    '--web.telemetry-path: found "metrics", wanted a path of ASCII letters, digits and any of ._~+@:,=- that begins with / and has a name, like /metrics',
  ],
  [
    ["--metrics.namespace=9"],
    '--metrics.namespace: found "9", wanted letters, digits and underscores, not beginning with a digit',
  ],
  [["--command.isolate=jail"], '--command.isolate: found "jail", wanted one of none, pidns, cgroup'],
  [["--metrics.names=short"], '--metrics.names: found "short", wanted one of memory, node_exporter'],
  [["--command="], '--command: found "", wanted a value'],
  [["--command.preset=sideways"], /^--command\.preset: found "sideways", wanted one of auto, free, /],
  [["--command=df -h"], /^--command: no preset is known to read "df -h", say what it prints by --command\.output-of, /],
  [
    ["--command=/opt/mem.sh", "--command.preset=free"],
    /^--command: preset free can't read "\/opt\/mem\.sh": .*; say what it prints by --command\.output-of, like --command\.output-of='free -m'$/,
  ],
  [["--command.preset=free", "--command.preset=free"], "--command.preset: found free twice"],
  ...["nodejs_heap_size", "process", "promhttp_metric_handler", "memory_exporter"].map(
    (prefix) =>
      [
        ["once", `--metrics.namespace=${prefix}`],
        `--metrics.namespace: found "${prefix}", wanted a prefix of its own: the exporter's own metrics begin with memory_exporter, process, nodejs, promhttp`,
      ] as const,
  ),
];

test("what is not understood is refused in one line", async () => {
  for (const [args, wanted] of affordable(REFUSED, 8)) {
    const message = await refusal(...args);
    if (typeof wanted === "string") assert.is(message, wanted);
    else assert.match(message, wanted);
  }
});

test("--help is no advice for what the machine refuses", async () => {
  const { code, stdout, stderr } = await run({ args: ["parse", "--file=/no/such\nfile"] });
  assert.equal([code, stdout], [1, ""]);
  assert.is(stderr, 'memory_exporter: error: cannot read "/no/such\\nfile": ENOENT: no such file or directory\n');
});

test("what can't be written to stdout is one line and exit 1", async () => {
  const commands = ["--version", "once --log.level=error", "--help", "version", "parse --command=free"];
  await withPrograms({ free: PRINT_FREE }, async (env) => {
    for (const command of affordable(commands, 2)) {
      const printed = await run({
        args: command.split(" "),
        env,
        under: ["/bin/sh", "-c", 'exec "$0" "$@" >/dev/full'],
        stdin: readFileSync(new URL("../golden/free.txt", import.meta.url)),
      });
      assert.match(
        printed.stderr,
        /^memory_exporter: error: cannot write to stdout: [^\n]*[Nn]o space left on device[^\n]*\n$/,
      );
      assert.is(printed.code, 1, command);
    }
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
