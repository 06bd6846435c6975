import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { RUN_MARKER } from "../../src/command/environment.ts";
import { processNumbers, processRow, readText } from "../../src/command/process_table.ts";
import { form, runtimeOf } from "../forms.ts";
import { until, withFolder } from "../stand_in.ts";
import { end, lives, type Shell, STAY, withShell } from "./shells.ts";
import { LIBC } from "./ways.ts";

/** Does as guarded.ts says: one that has a guardian and can be killed. */
type Guarded = {
  readonly tell: (sign: "+" | "-", ...words: readonly string[]) => Promise<void>;
  readonly kill: () => Promise<void>;
  readonly pid: number;
};

async function withGuarded(use: (guarded: Guarded) => Promise<void>): Promise<void> {
  const file = join(import.meta.dirname, "guarded.ts");
  await withShell([...runtimeOf(form, "test/command/guarded.ts"), file], async ({ pid, said, write, ended }) => {
    let told = "";
    await use({
      pid,
      tell: async (sign, ...words) => {
        told += sign === "+" ? "true\n" : "undefined\n";
        write(`${sign} ${words.join(" ")}\n`);
        await until(`an answer to ${sign}`, () => said() === told);
      },
      kill: async () => {
        process.kill(pid, "SIGKILL");
        await ended;
      },
    });
  });
}

/** Shells that stay, each in a group of its own and with a marker. */
async function withMarked(markers: readonly string[], use: (shells: readonly Shell[]) => Promise<void>): Promise<void> {
  const [marker, ...rest] = markers;
  if (marker === undefined) return use([]);
  await withShell(STAY, (shell) => withMarked(rest, (others) => use([shell, ...others])), { [RUN_MARKER]: marker });
}

/** Nobody has such a limit by chance. */
const LIMIT = (1n << 62n) + 4711n;

/** A process that has nothing but the limit. */
async function withLimited(use: (shell: Shell) => Promise<void>): Promise<void> {
  if (LIBC === undefined) throw new Error("The C library can't be called here");
  await LIBC.withMark(LIMIT, () =>
    withShell("exec env -i sleep 600", async (shell) => {
      await until(
        "its environment to be gone",
        () => readText(`/proc/${shell.pid}/cmdline`)?.startsWith("sleep") === true,
      );
      await use(shell);
    }),
  );
}

/** The guardians whose stdin comes from a process are among its children, until it is gone. */
function guardiansOf(pid: number): number[] {
  return processNumbers().filter(
    (one) =>
      readText(`/proc/${one}/cmdline`)?.includes("memory_exporter-guardian") === true &&
      new RegExp(`^PPid:\\t${pid}$`, "m").test(readText(`/proc/${one}/status`) ?? ""),
  );
}

const token = crypto.randomUUID();

test("a guardian kills by marker, by group, by limit and by cgroup.kill", () =>
  withFolder((folder) =>
    withMarked([`${token}.1.`, `${token}.2.`, `${token}.11.`], async ([byMarker, byGroup, other]) => {
      assert.ok(byMarker && byGroup && other);
      const killFile = join(folder, "cgroup.kill");
      writeFileSync(killFile, "");
      await withLimited(async (byLimit) => {
        await withGuarded(async ({ tell, kill }) => {
          await tell("+", `${token}.1.`, killFile, `limit:${LIMIT}`);
          await tell("+", String(byGroup.pid));
          await sleep(100);
          assert.ok([byMarker, byGroup, byLimit, other].every(({ pid }) => lives(pid)));
          await kill();
          assert.equal(await byMarker.ended, { code: null, signal: "SIGKILL" });
          assert.equal(await byGroup.ended, { code: null, signal: "SIGKILL" });
          assert.equal(await byLimit.ended, { code: null, signal: "SIGKILL" });
          assert.is(readFileSync(killFile, "utf8"), "1\n");
          assert.ok(lives(other.pid));
        });
      });
    }),
  ));

test("a guardian doesn't kill what was removed, and exits nevertheless", () =>
  withMarked([`${token}.1.`, `${token}.2.`], async ([kept, forgotten]) => {
    assert.ok(kept && forgotten);
    await withGuarded(async ({ pid, tell, kill }) => {
      await tell("+", `${token}.1.`, `${token}.2.`, String(forgotten.pid));
      await tell("-", String(forgotten.pid), `${token}.2.`);
      const [guardian = 0] = guardiansOf(pid);
      assert.ok(lives(guardian));
      await kill();
      await kept.ended;
      await until("the guardian's end", () => !lives(guardian));
      assert.ok(lives(forgotten.pid));
    });
  }));

test("a guardian starts at the first add, once, in its own session", () =>
  withGuarded(async ({ pid, tell }) => {
    assert.equal(guardiansOf(pid), []);
    await tell("+", `${token}.1.`);
    await tell("+", `${token}.2.`);
    const guardians = guardiansOf(pid);
    assert.is(guardians.length, 1);
    const [guardian = 0] = guardians;
    assert.equal([processRow(guardian)?.group, processRow(guardian)?.session], [guardian, guardian]);
    await until("it to heed no signals", () => {
      const ignored = /^SigIgn:\t(\w+)$/m.exec(readText(`/proc/${guardian}/status`) ?? "")?.[1];
      // Bits of SIGHUP, SIGINT, SIGQUIT and SIGTERM.
      return (Number.parseInt(ignored?.slice(-4) ?? "0", 16) & 0x4007) === 0x4007;
    });
    end(guardian);
  }));

test("a guardian that was killed is started again with everything that was added", () =>
  withMarked([`${token}.1.`, `${token}.2.`], async ([early, late]) => {
    assert.ok(early && late);
    await withGuarded(async ({ pid, tell, kill }) => {
      await tell("+", `${token}.1.`);
      const [first = 0] = guardiansOf(pid);
      end(first);
      await until("its end", () => !existsSync(`/proc/${first}`));
      await tell("+", `${token}.2.`);
      await kill();
      await early.ended;
      await late.ended;
    });
  }));

test.run();
