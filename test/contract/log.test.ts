import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { collect, run, start, withExporter } from "../exporter.ts";
import { ask, readyOn } from "../http.ts";
import { PRINT_FREE, until, withPrograms } from "../stand_in.ts";

const VERSION = /^\(version=\S+, branch=\S+, revision=\S+\)$/;
const CONTEXT =
  /^\(node=v\d+\.\d+\.\d+, platform=linux\/\w+, user=\S+, date=\S+, tags=(source|bundle|sea), spawn=(posix_spawn|fork)\)$/;

/** The fields of a line in logfmt. */
function logfmt(line: string): Record<string, string> {
  const pairs = [...line.matchAll(/(\w+)=("(?:[^"\\]|\\.)*"|\S*)(?: |$)/g)];
  assert.is(pairs.map(([all]) => all).join(""), line, "wanted nothing but key=value");
  return Object.fromEntries(
    pairs.map(([, key = "", value = ""]) => [key, value.startsWith('"') ? JSON.parse(value) : value]),
  );
}

/** What an exporter logs from its start, over one run of its command, to its end. */
async function linesOf(free: string, ...args: string[]): Promise<string[]> {
  return withPrograms({ free }, (env) =>
    withExporter({ env, args: ["--command=free -b -w", ...args] }, async ({ url, log, kill, ended }) => {
      await until("ready", async () => (await ask(`${url}/-/ready`)).status === 200);
      kill("SIGTERM");
      await ended;
      await until("the last line", () => /Stopped/.test(log()));
      assert.ok(log().endsWith("\n"));
      return log().slice(0, -1).split("\n");
    }),
  );
}

for (const [format, read] of [
  ["logfmt", logfmt],
  ["json", (line: string) => JSON.parse(line)],
] as const) {
  test(`its lines from start to end, in ${format}`, async () => {
    const lines = (await linesOf(PRINT_FREE, `--log.format=${format}`)).map(read);
    for (const { time, level } of lines) {
      assert.match(time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
      assert.is(level, "INFO");
    }
    assert.equal(
      lines.map(({ msg }) => msg),
      [
        "Starting memory_exporter",
        "Build context",
        "Listening on",
        "TLS is disabled.",
        "Command works",
        "Stopping",
        "Stopped",
      ],
    );
    const [starting, context, listening, tls, works, stopping] = lines;
    assert.match(starting.version, VERSION);
    assert.match(context.build_context, CONTEXT);
    assert.match(listening.address, /^127\.0\.0\.1:\d+$/);
    assert.equal([String(tls.http2), tls.address], ["false", listening.address]);
    assert.equal([works.command, works.argv], ["free", "/bin/sh -c …"]);
    assert.is(stopping.signal, "SIGTERM");
    const [line = ""] = await linesOf(PRINT_FREE, `--log.format=${format}`);
    assert.match(line, format === "json" ? /^\{"time":"[^"]+","level":"INFO","msg":"/ : /^time=\S+ level=INFO msg="/);
  });
}

test("a failing command is logged once until that changes, with its words escaped", async () => {
  const free = `printf 'no "luck"\\n\\033[31mlevel=INFO msg=forged' >&2; exit 3`;
  await withPrograms({ free }, (env) =>
    withExporter({ env, args: ["--command=free -b -w"] }, async ({ url, logged }) => {
      await until("ready", async () => (await ask(`${url}/-/ready`)).status === 200);
      for (let i = 0; i < 3; i += 1) await ask(`${url}/metrics`);
      const warnings = (await logged()).split("\n").filter((line) => line.includes(" level=WARN "));
      assert.is(warnings.length, 1);
      const { msg, command, outcome, reason, stderr } = logfmt(warnings[0] ?? "");
      assert.equal([msg, command, outcome, reason], ["Command failed", "free", "exit", "exit status 3"]);
      assert.is(stderr, "\u001b[31mlevel=INFO msg=forged");
    }),
  );
});

test("a command that works again is logged", async () => {
  const free = `test -e "$HOME/broken" && exit 3; ${PRINT_FREE}`;
  await withPrograms({ free, break: 'touch "$HOME/broken"' }, (env, HOME) =>
    withExporter({ env: { ...env, HOME }, args: ["--command=free -b -w"] }, async ({ url, logged }) => {
      await until("ready", async () => (await ask(`${url}/-/ready`)).status === 200);
      const { writeFileSync, rmSync } = await import("node:fs");
      writeFileSync(join(HOME, "broken"), "");
      await ask(`${url}/metrics`);
      rmSync(join(HOME, "broken"));
      await ask(`${url}/metrics`);
      const said = (await logged()).match(/level=(INFO|WARN) msg="Command [^"]+"/g) ?? [];
      assert.equal(said, [
        'level=INFO msg="Command works"',
        'level=WARN msg="Command failed"',
        'level=INFO msg="Command works again"',
      ]);
    }),
  );
});

test("--log.level leaves out what is less severe, in any case of letters", async () => {
  await withPrograms({ free: "exit 3" }, async (env, folder) => {
    for (const [level, wanted] of [
      ["error", []],
      ["WARN", ["WARN"]],
      ["Info", ["INFO", "WARN"]],
    ] as const) {
      const socketPath = join(folder, level);
      const child = start({
        args: [`--web.listen-address=unix:${socketPath}`, `--log.level=${level}`, "--command=free"],
        env,
      });
      const log = collect(child.stderr);
      const closed = new Promise((resolve) => child.once("close", resolve));
      await readyOn(socketPath).finally(() => child.kill("SIGTERM"));
      await closed;
      const levels = [...log().matchAll(/^time=\S+ level=(\w+) /gm)].map((line) => line[1]);
      assert.equal([...new Set(levels)].sort(), wanted, level);
    }
  });
});

test("metrics go to stdout and the log to stderr", async () => {
  await withPrograms({ free: PRINT_FREE }, async (env) => {
    const { code, stdout, stderr } = await run({ args: ["once"], env });
    assert.is(code, 0);
    assert.match(stdout, /^memory_total_bytes 25276510208$/m);
    assert.not.match(stdout, /level=/);
    assert.match(stderr, /^time=\S+ level=INFO msg="Command works" command=free argv="free -b -w"\n$/);
  });
});

test.run();
