import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { askTwiceToStop, type Exporter, run, sampleOf, start, withExporter } from "../exporter.ts";
import { form, productOf } from "../forms.ts";
import { ask, readyOn, scrape } from "../http.ts";
import { PRINT_FREE, runs, until, withFolder, withPrograms } from "../stand_in.ts";
import { openDescriptorsOf } from "./reloads.ts";

/** The first run, at the start, ends at once; those that follow take for ever and ignore SIGTERM. */
const SLOW_LATER = `
trap '' TERM INT
test -e "$HOME/began" && { echo $$ > "$HOME/pid"; while :; do sleep 1; done; }
touch "$HOME/began"
${PRINT_FREE}`;

/** Signals that ask for nothing; the number of SIGSTKFLT has no name in Node's types. */
const STRAY = "HUP USR1 USR2 ALRM VTALRM PROF IO ABRT TRAP SYS XCPU XFSZ PWR STKFLT PIPE URG WINCH CONT CHLD".split(
  " ",
);

/** An exporter with a scrape under way whose command doesn't end; `use` gets the answer that is to come. */
async function withSlowScrape(use: (exporter: Exporter, page: Promise<string>, pid: number) => Promise<void>) {
  await withPrograms({ free: SLOW_LATER }, (env, HOME) =>
    withExporter(
      { env: { ...env, HOME }, args: ["--command=exec free -b -w", "--command.timeout=1h"] },
      async (exporter) => {
        await until("ready", async () => (await ask(`${exporter.url}/-/ready`)).status === 200);
        const page = scrape(exporter.url);
        page.catch(() => {});
        const pidFile = join(HOME, "pid");
        await until("the command", () => existsSync(pidFile) && readFileSync(pidFile, "utf8").endsWith("\n"));
        await use(exporter, page, Number(readFileSync(pidFile, "utf8")));
      },
    ),
  );
}

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  test(`${signal}: the command is killed, its scrape answered, and the exit is 0`, async () => {
    await withSlowScrape(async ({ kill, ended, logged }, page, pid) => {
      kill(signal);
      const text = await page;
      assert.is(sampleOf(text, "memory_up"), 0);
      assert.is(sampleOf(text, 'memory_exporter_command_runs_total{command="free",outcome="aborted"}'), 1);
      assert.equal(await ended, { code: 0, signal: null });
      assert.not.ok(runs(pid));
      assert.match(
        await logged(),
        new RegExp(`level=INFO msg=Stopping signal=${signal}\n[\\s\\S]*level=INFO msg=Stopped\n$`),
      );
    });
  });
}

test("a second signal ends it at once, and its command with it", async () => {
  await withSlowScrape(async ({ kill, ended }, _page, pid) => {
    askTwiceToStop({ kill });
    assert.equal(await ended, { code: 1, signal: null });
    await until("the command's end", () => !runs(pid));
  });
});

test("signals that don't ask it to stop do no harm, SIGHUP among them", async () => {
  await withPrograms({ free: PRINT_FREE }, (env) =>
    withExporter({ env }, async ({ url, kill, ended }) => {
      for (const name of STRAY) {
        kill(`SIG${name}` as NodeJS.Signals);
        assert.is(sampleOf(await scrape(url), "memory_up"), 1, name);
      }
      kill("SIGTERM");
      assert.equal(await ended, { code: 0, signal: null });
    }),
  );
});

if (form.endsWith("deno"))
  test("the debugger that Deno opens at SIGUSR1 is closed again", () =>
    withExporter({}, async ({ url, pid, kill, log }) => {
      await until("ready", async () => (await ask(`${url}/-/ready`)).status === 200);
      const before = openDescriptorsOf(pid) ?? 0;
      // Deno hears of it from half a second after its start. Another program of this machine may have the port.
      await until("a debugger", () => {
        kill("SIGUSR1");
        return /Debugger listening|Failed to start inspector/.test(log());
      });
      await until("the end of the debugger", () => (openDescriptorsOf(pid) ?? 0) <= before);
      assert.is((await ask(`${url}/-/healthy`)).status, 200);
    }));

test("a signal that was ignored at the start stays ignored, as far as the runtime tells", async () => {
  // Node takes back what was ignored before any script runs: there only SIGHUP, which never stops it, can be held.
  const ignored = form.endsWith("deno") ? (["SIGHUP", "SIGINT", "SIGQUIT"] as const) : (["SIGHUP"] as const);
  const under = ["/bin/sh", "-c", `trap '' HUP INT QUIT; exec "$0" "$@"`];
  await withExporter({ under }, async ({ url, kill, ended, logged }) => {
    for (const signal of ignored) kill(signal);
    assert.is((await ask(`${url}/-/healthy`)).status, 200);
    assert.not.match(await logged(), /msg=Stopping/);
    kill("SIGTERM");
    assert.equal(await ended, { code: 0, signal: null });
  });
});

test("clients that hang don't hold the stop", async () => {
  await withExporter({}, async ({ url, kill, ended }) => {
    const half = connect(Number(new URL(url).port), "127.0.0.1");
    half.on("error", () => {});
    await new Promise((resolve) => half.once("connect", resolve));
    half.write("GET /metrics HTTP/1.1\r\nHost: x\r\nX-Half:");
    // It is read by the time that a later request is answered.
    await ask(`${url}/-/healthy`);
    kill("SIGTERM");
    assert.equal(await ended, { code: 0, signal: null });
  });
});

test("a signal ends once with its command", async () => {
  const free = `echo $$ > "$HOME/pid.new"; mv "$HOME/pid.new" "$HOME/pid"; sleep 600`;
  await withPrograms({ free }, async (env, HOME) => {
    const child = start({ args: ["once", "--command=exec free -b"], env: { ...env, HOME } });
    const ended = new Promise((resolve) => child.once("exit", (code, signal) => resolve({ code, signal })));
    await until("the command", () => existsSync(join(HOME, "pid")));
    child.kill("SIGTERM");
    assert.equal(await ended, { code: 1, signal: null });
    const pid = Number(readFileSync(join(HOME, "pid"), "utf8"));
    await until("the end of the command", () => !runs(pid));
  });
});

test("a reader of stdout or of the log that goes away does no harm", async () => {
  await withFolder(async (folder) => {
    const socketPath = join(folder, "sock");
    const child = start({ args: [`--web.listen-address=unix:${socketPath}`, "--log.level=debug"] });
    const ended = new Promise((resolve) => child.once("exit", (code, signal) => resolve({ code, signal })));
    child.stdout?.destroy();
    child.stderr?.destroy();
    try {
      await readyOn(socketPath);
      for (let i = 0; i < 5; i += 1) {
        const headers = { "X-Prometheus-Scrape-Timeout-Seconds": "a debug line" };
        assert.is((await ask("http://x/metrics", { socketPath, headers })).status, 200);
      }
    } finally {
      child.kill("SIGTERM");
    }
    assert.equal(await ended, { code: 0, signal: null });
  });
});

test("it starts with stdin, stdout and stderr closed", async () => {
  await withFolder(async (folder) => {
    const socketPath = join(folder, "sock");
    const words = [...productOf(form), `--web.listen-address=unix:${socketPath}`];
    const child = spawn("/bin/sh", ["-c", 'exec "$0" "$@" <&- >&- 2>&-', ...words], { stdio: "ignore" });
    const ended = new Promise((resolve) => child.once("exit", (code, signal) => resolve({ code, signal })));
    try {
      await readyOn(socketPath);
      assert.match((await ask("http://x/metrics", { socketPath })).text, /^memory_up 1$/m);
    } finally {
      child.kill("SIGTERM");
    }
    assert.equal(await ended, { code: 0, signal: null });
  });
});

test("the process has the program's name, as its own preset shows it", async () => {
  const command = "grep -H -E '^(Name|VmRSS):' /proc/$PPID/status";
  const { code, stdout } = await run({ args: ["once", `--command=${command}`, "--command.preset=processes"] });
  assert.is(code, 0);
  assert.is(sampleOf(stdout, 'memory_processes{program="memory_exporter"}'), 1);
});

test.run();
