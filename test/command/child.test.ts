import { readlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { type Child, type Exit, STDERR_LIMIT_BYTES, startChild } from "../../src/command/child.ts";
import { processRow } from "../../src/command/process_table.ts";
import { until, withFolder } from "../stand_in.ts";
import { ENVIRONMENT, end, lives, numbersIn, STAY } from "./shells.ts";
import { WAYS, type Way } from "./ways.ts";

const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

/** Starts a shell line, and kills its group after the use. */
async function startLine(
  { startProcess }: Way,
  line: string,
  use: (child: Child) => Promise<void>,
  limitBytes = 1e6,
): Promise<void> {
  const child = startChild(startProcess, {
    argv: ["/bin/sh", "-c", line],
    environment: { ...ENVIRONMENT, MARK: "a b" },
    directory: "/",
    limitBytes,
  });
  if (typeof child === "string") throw new Error(child);
  try {
    await use(child);
  } finally {
    if (child.pid) end(-child.pid);
    child.closePipes();
    await child.closed;
  }
}

/** Blocks the event loop. */
function block(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

/** An exit without what was used, which only one way knows. */
function endOf(exit: Exit): object {
  return exit.how === "failed"
    ? exit
    : exit.how === "code"
      ? { how: "code", code: exit.code }
      : { how: "signal", signal: exit.signal };
}

for (const way of WAYS) {
  const withChild = (line: string, use: (child: Child) => Promise<void>, limitBytes?: number) =>
    startLine(way, line, use, limitBytes);

  test(`${way.name}: a child gets / as its directory, nothing on stdin, and the environment that is given`, () =>
    withChild(
      "pwd; cat; echo $MARK; env | sort | cut -d= -f1 | tr '\\n' ' '",
      async ({ closed, exited, stdout, cause }) => {
        await closed;
        assert.equal(endOf(await exited), { how: "code", code: 0 });
        // The shell sets PWD, and env(1) of some shells _.
        assert.match(decode(stdout()), /^\/\na b\n(_ )?MARK PATH PWD (_ )?$/);
        assert.is(cause(), undefined);
      },
    ));

  test(`${way.name}: what a child has printed can be read though the event loop had no time for it`, () =>
    withFolder((folder) => {
      const go = join(folder, "go");
      // A pipe of each way has room for it.
      const line = `until [ -e ${go} ]; do sleep 0.05; done; head -c 50000 /dev/zero; exec >/dev/null; exec sleep 600`;
      return withChild(line, async (child) => {
        // By then, pipes are watched.
        await sleep(150);
        writeFileSync(go, "");
        const stdout = () => readlinkSync(`/proc/${child.pid}/fd/1`);
        for (let i = 0; i < 3000 && stdout() !== "/dev/null"; i += 1) block(10);
        assert.is(child.stdout().length, 0);
        await child.readRest();
        assert.is(child.stdout().length, 50_000);
        assert.is(child.isClosed(), false);
      });
    }));

  test(`${way.name}: after the exit, the rest says whether a process still has the pipe`, async () => {
    for (const [line, isClosed] of [
      ["sleep 0.2; head -c 50000 /dev/zero", true],
      ["sleep 600 & sleep 0.2; head -c 50000 /dev/zero", false],
    ] as const) {
      await withChild(line, async (child) => {
        await child.exited;
        await child.readRest();
        assert.is(child.stdout().length, 50_000, line);
        assert.is(child.isClosed(), isClosed, line);
      });
    }
  });

  test(`${way.name}: a child has a session and a process group of its own`, () =>
    withChild(STAY, async ({ pid = 0 }) => {
      const row = processRow(pid);
      assert.equal([row?.group, row?.session], [pid, pid]);
    }));

  test(`${way.name}: a child's end is a status or a signal, and what it said is kept`, async () => {
    await withChild(
      "echo out; echo first >&2; echo last >&2; exit 7",
      async ({ closed, exited, stdout, stderrTail }) => {
        assert.equal(endOf(await exited), { how: "code", code: 7 });
        await closed;
        assert.is(decode(stdout()), "out\n");
        assert.is(stderrTail(), "first\nlast");
      },
    );
    await withChild("kill -SEGV $$", async ({ exited }) => {
      assert.equal(endOf(await exited), { how: "signal", signal: "SIGSEGV" });
    });
  });

  test(`${way.name}: what can't be started has no pid and a reason, or is a reason`, async () => {
    for (const file of ["/no/such/program", "/dev/null", "/bin/\0sh"]) {
      const child = startChild(way.startProcess, {
        argv: [file],
        environment: ENVIRONMENT,
        directory: "/",
        limitBytes: 1000,
      });
      if (typeof child === "string") {
        assert.ok(child.length > 0);
        continue;
      }
      assert.is(child.pid, undefined, file);
      const exit = await child.exited;
      assert.is(exit.how, "failed");
      assert.ok(exit.how === "failed" && exit.reason.length > 0);
    }
  });

  test(`${way.name}: a directory that is missing, or none, is told as itself`, () => {
    const argv = ["/bin/sh", "-c", ":"] as const;
    const told = (directory: string) =>
      startChild(way.startProcess, { argv, environment: ENVIRONMENT, directory, limitBytes: 1000 });
    assert.is(told("/no/such"), "/no/such: no such file or directory");
    assert.is(told("/bin/sh"), "/bin/sh: not a directory");
  });

  test(`${way.name}: end() kills the child with its group, and the first cause stands`, () =>
    withChild(`trap "" TERM; sleep 600 & echo $!; echo why >&2; ${STAY}`, async (child) => {
      await until("both", () => child.stdout().length > 0 && child.stderrTail() !== "");
      const [other = 0] = numbersIn(decode(child.stdout()));
      child.end("timeout");
      child.end("aborted");
      assert.is(await child.ended, "timeout");
      assert.is(child.cause(), "timeout");
      assert.equal(endOf(await child.exited), { how: "signal", signal: "SIGKILL" });
      await child.closed;
      await until("the end of the group", () => !lives(other));
      assert.is(child.stderrTail(), "why");
    }));

  test(`${way.name}: end() of a child that has ended does no harm`, () =>
    withChild("exit 0", async (child) => {
      await child.closed;
      child.end("aborted");
      assert.equal(endOf(await child.exited), { how: "code", code: 0 });
    }));

  test(`${way.name}: kill() kills the group and gives no cause`, () =>
    withChild(STAY, async (child) => {
      child.kill();
      assert.equal(endOf(await child.exited), { how: "signal", signal: "SIGKILL" });
      assert.is(child.cause(), undefined);
    }));

  test(`${way.name}: too much on stdout ends a child, as much as is allowed doesn't`, async () => {
    const line = "head -c 70000 /dev/zero";
    await withChild(`${line}; ${STAY}`, async ({ ended }) => assert.is(await ended, "stdout"), 69_999);
    await withChild(
      line,
      async ({ closed, stdout, cause }) => {
        await closed;
        assert.is(stdout().length, 70_000);
        assert.is(cause(), undefined);
      },
      70_000,
    );
  });

  test(`${way.name}: what a pipe can't hold at once is read while the child runs`, () =>
    withChild(
      "head -c 3000000 /dev/zero; head -c 300000 /dev/zero >&2; echo last",
      async ({ closed, stdout, stderrTail }) => {
        await closed;
        assert.is(stdout().length, 3_000_005);
        assert.is(stderrTail().length, 8192);
      },
      4_000_000,
    ));

  test(`${way.name}: too much on stderr ends a child, as much as is allowed doesn't`, async () => {
    const line = (bytes: number) => `head -c ${bytes} /dev/zero | tr '\\0' x >&2; echo >&2; echo last >&2`;
    await withChild(`${line(STDERR_LIMIT_BYTES)}; ${STAY}`, async ({ ended }) => assert.is(await ended, "stderr"));
    await withChild(line(STDERR_LIMIT_BYTES - 6), async ({ closed, stderrTail, cause }) => {
      await closed;
      assert.is(cause(), undefined);
      assert.is(stderrTail(), "last");
    });
  });

  test(`${way.name}: closePipes() leaves streams to those that hold them`, () =>
    withChild("sleep 600 & echo $!", async (child) => {
      await child.exited;
      await until("its number", () => child.stdout().length > 0);
      const early = await Promise.race([
        child.closed.then(() => "closed"),
        new Promise((go) => setTimeout(go, 100, "held")),
      ]);
      assert.is(early, "held");
      child.closePipes();
      await child.closed;
      assert.ok(numbersIn(decode(child.stdout())).every(lives));
    }));
}

test.run();
