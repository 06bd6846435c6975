import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { RUN_MARKER } from "../../src/command/environment.ts";
import { runs, until } from "../stand_in.ts";
import { childrenOf } from "../torture/watch.ts";

/** What the product would do, as a program of its own: it tells its guardian the words of its arguments and waits. */
const OWNER = `
import { createGuardian } from ${JSON.stringify(new URL("../../src/command/guardian.ts", import.meta.url).href)};
const guardian = createGuardian();
const [gone, ...words] = process.argv.slice(2);
if (!guardian.add([...words, gone]) || !guardian.add(words)) throw new Error("No guardian");
guardian.remove([gone]);
setTimeout(() => console.log("told"), 300);
setTimeout(() => {}, 60_000);
`;

function owner(...words: string[]): ChildProcess {
  const runtime = "Deno" in globalThis ? ["run", "-A", "--node-modules-dir=manual"] : [];
  const flags = "Deno" in globalThis ? ["--ext=ts", "-"] : ["--input-type=module", "-"];
  const child = spawn(process.execPath, [...runtime, ...flags, ...words], { stdio: ["pipe", "pipe", "inherit"] });
  child.stdin.end(OWNER);
  return child;
}

function sleeper(mark: string): ChildProcess {
  return spawn("/bin/sh", ["-c", "sleep 60 & wait"], {
    detached: true,
    stdio: "ignore",
    env: { PATH: "/usr/bin:/bin", [RUN_MARKER]: mark },
  });
}

test("what it knows of dies with its owner: a group by its number, a run by its mark; what it was told to forget stays", async () => {
  const token = `guardian-${process.pid}`;
  const [group, marked, forgotten, stranger] = [`${token}.1.`, `${token}.2.`, `${token}.3.`, `${token}.22.`].map(
    sleeper,
  );
  const program = owner(`${token}.3.`, String(group?.pid), `${token}.2.`);
  await once(program.stdout as NodeJS.ReadableStream, "data");
  assert.ok([group, marked, forgotten, stranger].every((one) => runs(one?.pid ?? 0)));
  const ends = [group, marked].map((one) => once(one as ChildProcess, "exit"));
  program.kill("SIGKILL");
  for (const end of ends) assert.equal(await end, [null, "SIGKILL"]);
  for (const one of [forgotten, stranger]) {
    assert.is(one?.exitCode, null);
    process.kill(-(one?.pid ?? 0), "SIGKILL");
  }
});

test("signals don't end it, and another is started in its place if it ends", async () => {
  const victim = sleeper(`guardian-${process.pid}.4.`);
  const program = owner("0", String(victim.pid));
  await once(program.stdout as NodeJS.ReadableStream, "data");
  const [guardian] = childrenOf(program.pid ?? 0);
  assert.ok(guardian);
  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) process.kill(guardian.pid, signal);
  assert.ok(runs(guardian.pid));
  const ended = once(victim, "exit");
  program.kill("SIGKILL");
  assert.equal(await ended, [null, "SIGKILL"]);
  await until("its own end", () => !runs(guardian.pid));
});

test.run();
