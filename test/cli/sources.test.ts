import { test } from "uvu";
import * as assert from "uvu/assert";
import { readFlags, splitArguments, UsageError } from "../../src/cli/flags.ts";
import type { Host } from "../../src/cli/host.ts";
import { readingOf, sourcesOf } from "../../src/cli/sources.ts";
import { parseFlags, serveFlags } from "../../src/cli/tables.ts";
import { wordsOf } from "../../src/source.ts";
import { memoryCase } from "../memory_cases.ts";

const host = { environment: { PATH: "/bin", LANG: "de_DE" }, platform: "linux" } as unknown as Host;

function sources(...args: string[]) {
  return sourcesOf(readFlags(serveFlags, splitArguments(args, Object.values(serveFlags)), {}), host);
}

function reading(...args: string[]) {
  return readingOf(readFlags(parseFlags, splitArguments(args, Object.values(parseFlags)), {}), host);
}

function refusal(make: () => unknown): string {
  try {
    make();
  } catch (error) {
    if (error instanceof UsageError) return error.message;
    throw error;
  }
  throw new Error("not refused");
}

test("sourcesOf() gives the preset's own attempts, each with its reader, bounds and the commands' environment", () => {
  const [free, ...more] = sources("--command.timeout=2s", "--command.max-output=1KiB");
  assert.equal(more, []);
  assert.is(free?.name, "free");
  assert.ok((free?.attempts.length ?? 0) > 1);
  for (const attempt of free?.attempts ?? []) assert.type(attempt.read, "function");
  assert.equal([free?.timeoutMs, free?.maxOutputBytes, free?.maxSeries, free?.showsWords], [2000, 1024, 1000, true]);
  assert.equal([free?.environment.PATH, free?.environment.LC_ALL, free?.environment.LANG], ["/bin", "C", undefined]);
  assert.is(free?.schedule, undefined);
});

test("sourcesOf() gives several presets in their order, and none twice", () => {
  const named = sources("--command.preset=pressure", "--command.preset=auto").map(({ name }) => name);
  assert.equal(named, ["pressure", "free"]);
  assert.is(
    refusal(() => sources("--command.preset=free", "--command.preset=auto")),
    "--command.preset: found free twice",
  );
});

test("sourcesOf() has the platform's own preset for auto, and meminfo where node_exporter's names are wanted", () => {
  const flags = readFlags(serveFlags, splitArguments([], Object.values(serveFlags)), {});
  assert.is(sourcesOf(flags, { ...host, platform: "darwin" })[0]?.name, "vm_stat");
  const names = sourcesOf({ ...flags, names: "node_exporter" }, host).map(({ name }) => name);
  // A kernel can be without pressure.
  assert.equal(
    names.filter((name) => name !== "pressure"),
    ["meminfo", "oom", "uname"],
  );
  const named = sources("--metrics.names=node_exporter", "--command.preset=pressure");
  assert.equal(
    named.map(({ name }) => name),
    ["pressure", "uname"],
  );
  assert.equal(
    named[0]?.attempts.map((attempt) => ("files" in attempt ? attempt.files : [])),
    [["/proc/pressure/cpu", "/proc/pressure/io", "/proc/pressure/memory"]],
  );
  assert.match(
    refusal(() => sources("--metrics.names=node_exporter", "--command.preset=free")),
    /^--metrics\.names: found node_exporter with preset free, wanted one of meminfo, /,
  );
});

test("a shell line is one attempt by /bin/sh, read by its own words", () => {
  const [source] = sources("--command=cd /; sudo free -m | cat");
  const [attempt] = source?.attempts ?? [];
  assert.equal(attempt && wordsOf(attempt), ["/bin/sh", "-c", "cd /; sudo free -m | cat"]);
  assert.equal(attempt?.words, ["/bin/sh", "-c", "cd /; sudo free -m | cat"]);
  assert.equal([source?.name, source?.showsWords, source?.attempts.length], ["free", false, 1]);
});

test("--command.output-of says what a line prints", () => {
  const [source] = sources("--command=/opt/mem.sh", "--command.output-of=free -m");
  const [attempt] = source?.attempts ?? [];
  assert.equal(attempt?.words, ["/bin/sh", "-c", "free -m"]);
  const { stdout } = memoryCase("procps402-mebi");
  const [total] = attempt?.read({ stdout, words: attempt.words ?? [] }) ?? [];
  assert.is(total?.samples[0]?.value, 24105 * 2 ** 20);
  assert.equal(reading("--command.output-of=free -g").words, ["/bin/sh", "-c", "free -g"]);
});

test("a line whose preset isn't known is refused", () => {
  const advice = "name the command whose output it prints, like --command.output-of='free -m'";
  assert.is(
    refusal(() => sources("--command=/opt/mem.sh", "--command.preset=free")),
    `--command: preset free can't read "/opt/mem.sh": found "/opt/mem.sh" as the command line, wanted one of free, since units depend on it; ${advice}`,
  );
  assert.ok(
    refusal(() => sources("--command=/opt/mem.sh")).startsWith(
      `--command: no preset is known to read "/opt/mem.sh", ${advice}, name a preset by --command.preset (free, meminfo, `,
    ),
  );
  assert.match(
    refusal(() => sources("--command=/opt/mem.sh", "--command.output-of=df -h")),
    /^--command\.output-of: no preset is known to read "df -h", /,
  );
  assert.match(
    refusal(() => sources("--command=/opt/mem.sh", "--command.output-of=free --help")),
    /^--command\.output-of: preset free can't read "free --help": found "--help" in the command line of free/,
  );
  assert.is(
    refusal(() => sources("--command.output-of=free")),
    "--command.output-of: wanted --command too",
  );
  assert.match(
    refusal(() => sources("--command=$FREE -m", "--command.preset=free")),
    /^--command: preset free can't read "\$FREE -m": found no certain command, wanted one of free/,
  );
  assert.is(sources("--command=/opt/mem.sh", "--command.preset=meminfo")[0]?.name, "meminfo");
});

test("a line that would fail in every run is refused", () => {
  for (const line of ["free -s 1", "free -m -c 3", "free --seconds=2 -c 2", "free -hs1"])
    assert.match(
      refusal(() => sources(`--command=${line}`)),
      /: found -s or -c, which repeat the report, wanted free without them; /,
      line,
    );
  for (const line of ["free -c 1", "free -mc1", "free -s 1 --count=1"])
    assert.is(sources(`--command=${line}`).length, 1);
  assert.is(
    refusal(() => sources("--command=free -m >/dev/null")),
    "--command: found its stdout redirected, wanted it left to the exporter, which reads it",
  );
  assert.match(
    refusal(() => sources("--command=./mem.sh", "--command.output-of=free -m")),
    /^--command: found "\.\/mem\.sh", a path relative to \/, where commands run, wanted an absolute path like \/.*mem\.sh$/,
  );
});

test("an interval makes a schedule, whose results count for three intervals", () => {
  assert.equal(sources("--command.interval=10s")[0]?.schedule, { intervalMs: 10_000, maxAgeMs: 30_000 });
  const aged = sources("--command.interval=10s", "--command.max-age=15s");
  assert.equal(aged[0]?.schedule, { intervalMs: 10_000, maxAgeMs: 15_000 });
  assert.is(
    refusal(() => sources("--command.max-age=1m")),
    "--command.max-age: wanted --command.interval too",
  );
  assert.is(
    refusal(() => sources("--command.interval=10s", "--command.max-age=5s")),
    "--command.max-age: found less than --command.interval, wanted at least as much",
  );
});

test.run();
