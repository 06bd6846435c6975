import { test } from "uvu";
import * as assert from "uvu/assert";
import { groupExists, killFamily, killGroup, killProcess } from "../../src/command/group.ts";
import { execute } from "../execute.ts";
import { productOf } from "../forms.ts";
import { until } from "../stand_in.ts";
import { needs } from "../tools.ts";
import { lives, numbersIn, STAY, withShell } from "./shells.ts";

test("killGroup() kills every member, also those that ignore what can be ignored", () =>
  withShell(`(trap "" TERM INT HUP; ${STAY}) & echo $!; echo $$; ${STAY}`, async ({ pid, said, ended }) => {
    await until("both", () => numbersIn(said()).length === 2);
    const members = numbersIn(said());
    assert.ok(groupExists(pid));
    assert.is(killGroup(pid), true);
    assert.equal(await ended, { code: null, signal: "SIGKILL" });
    await until("no member", () => !members.some(lives));
  }));

test("killFamily() kills a process and all below it, and tells which", () =>
  withShell(`setsid sh -c 'sleep 600 & echo $!; echo $$; wait' & echo $$; wait`, async ({ pid, said, ended }) => {
    await until("all of them", () => numbersIn(said()).length === 3);
    const members = numbersIn(said());
    const killed = killFamily(pid).map((row) => row.pid);
    assert.is(killed[0], pid);
    for (const member of members) assert.ok(killed.includes(member), `${member} in ${killed}`);
    await ended;
    await until("no member", () => !members.some(lives));
    assert.equal(killFamily(2 ** 22 + 1), []);
  }));

test("killGroup() leaves what has a group of its own", () =>
  withShell(STAY, (stranger) =>
    withShell(STAY, async ({ pid, ended }) => {
      killGroup(pid);
      await ended;
      assert.ok(lives(stranger.pid));
    }),
  ));

test("killGroup() and groupExists() tell where there is no group", () =>
  withShell(":", async ({ pid, ended }) => {
    await ended;
    await until("the end of the group", () => !groupExists(pid));
    assert.is(killGroup(pid), false);
    assert.is(killProcess(pid), false);
  }));

test("groupExists() sees members that outlive their leader", () =>
  withShell("sleep 600 & :", async ({ pid, ended }) => {
    await ended;
    assert.is(groupExists(pid), true);
    assert.is(killGroup(pid), true);
    await until("the end of the group", () => !groupExists(pid));
  }));

test("killProcess() kills one process and no other of its group", () =>
  withShell(`sleep 600 & echo $!; ${STAY}`, async ({ pid, said }) => {
    await until("its number", () => said() !== "");
    const [other = 0] = numbersIn(said());
    assert.is(killProcess(other), true);
    await until("its end", () => !lives(other));
    assert.ok(lives(pid));
  }));

/** In a PID namespace of their own, where a mistake would hit nobody else. */
const UNSHARE = ["--pid", "--fork", "--kill-child"] as const;
const namespaced = needs("unshare", ...UNSHARE, "true") ? test : test.skip;

namespaced(
  "killGroup() and killProcess() refuse numbers that stand for everybody, their own group or nobody",
  async () => {
    const [node] = productOf("source-node");
    const url = new URL("../../src/command/group.ts", import.meta.url).href;
    const script = `
    import { killGroup, killProcess } from "${url}";
    const numbers = [1, 0, -1, -2, 1.5, NaN, Infinity];
    console.log(JSON.stringify([numbers.map(killGroup), numbers.map(killProcess)]));
  `;
    const none = Array(7).fill(false);
    const words = ["setsid", "--wait", "unshare", ...UNSHARE, node, "--input-type=module", "-e", script];
    const { stdout, status } = await execute("/usr/bin/env", words);
    assert.is(status, 0);
    assert.equal(JSON.parse(stdout), [none, none]);
  },
);

test.run();
