import { test } from "uvu";
import * as assert from "uvu/assert";
import { run } from "../exporter.ts";
import { affordable } from "../forms.ts";

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
  [["--push.protocol=otlp"], "--push.protocol: found no --push.url, wanted the URL to push to"],
  [["parse", "--command.name=x"], "--command.name: wanted --config.file too, which has commands with names"],
  [
    ["once", "--command=free >/dev/null"],
    "--command: found its stdout redirected, wanted it left to the exporter, which reads it",
  ],
  [["x".repeat(100_000)], `unexpected argument "${"x".repeat(60)}…"`],
  [
    ["--web.exporter-metrics=all", "--web.disable-exporter-metrics"],
    "--web.exporter-metrics: found all with --web.disable-exporter-metrics, wanted one of them",
  ],
  [["--no-web.telemetry-path"], "unknown long flag '--no-web.telemetry-path' (did you mean '--web.telemetry-path'?)"],
  [["parse", "free.txt"], "unexpected argument \"free.txt\" (did you mean '--file'?)"],
  [["check", "commands.yml"], "unexpected argument \"commands.yml\" (did you mean '--config.file'?)"],
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
  [["--log.format=JSON"], '--log.format: found "JSON" (did you mean "json"?), wanted one of logfmt, json'],
  [["--command.timeout=5"], '--command.timeout: found "5", wanted a duration from 1ms to 24h, like 500ms, 5s or 1m30s'],
  [
    ["--command.interval=-1s"],
    '--command.interval: found "-1s", wanted 0, or a duration from 1ms to 24h, like 500ms, 5s or 1m30s',
  ],
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
  [["--command=df -h"], /^--command: no preset is known to read "df -h", name the command whose output it prints, /],
  [
    ["--command=/opt/mem.sh", "--command.preset=free"],
    /^--command: preset free can't read "\/opt\/mem\.sh": .*; name the command whose output it prints, like --command\.output-of='free -m'$/,
  ],
  [
    ["--command=free -m", "--command.preset=meminfo"],
    /^--command: preset meminfo can't read "free -m": found a command line that preset free reads, wanted one for meminfo; /,
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

test("bad usage is refused in one line", async () => {
  for (const [args, wanted] of affordable(REFUSED, 8)) {
    const message = await refusal(...args);
    if (typeof wanted === "string") assert.is(message, wanted);
    else assert.match(message, wanted);
  }
});

test.run();
