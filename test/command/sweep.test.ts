import { test } from "uvu";
import * as assert from "uvu/assert";
import { RUN_MARKER } from "../../src/command/environment.ts";
import { sweep, sweepNow } from "../../src/command/sweep.ts";
import { until } from "../stand_in.ts";
import { end, lives, numbersIn, STAY, withShell } from "./shells.ts";

/** A process with a session of its own, that prints its number. */
const DAEMON = 'setsid sh -c "echo \\$\\$; exec sleep 600" &';
/** The same with an environment of its own. */
const STRANGER = 'env -i setsid sh -c "echo \\$\\$; exec sleep 600" &';

const newMarker = () => `${crypto.randomUUID()}.1.`;

/** Runs a line with a marker until it has ended and printed the numbers of what it left. Those are killed in the end. */
async function withRemains(
  line: string,
  count: number,
  use: (remains: { leader: number; marker: string }, left: readonly number[]) => Promise<void> | void,
): Promise<void> {
  const marker = newMarker();
  await withShell(
    line,
    async ({ pid, said, ended }) => {
      await until("their numbers", () => numbersIn(said()).length === count);
      await ended;
      const left = numbersIn(said());
      try {
        await use({ leader: pid, marker }, left);
      } finally {
        left.forEach(end);
      }
    },
    { [RUN_MARKER]: marker },
  );
}

const allGone = (left: readonly number[]) => until("their end", () => !left.some(lives));

test("sweep() kills the rest of a group and what left it, and counts them", () =>
  withRemains(`sleep 600 & echo $!; sleep 600 & echo $!; ${DAEMON} exit 0`, 3, async (remains, left) => {
    assert.ok(left.every(lives));
    assert.is(await sweep({ ...remains, groupKilled: false }), 3);
    await allGone(left);
    assert.is(await sweep({ ...remains, groupKilled: false }), 0);
  }));

test("sweep() doesn't count members of a group that was killed with its command, and kills them all the same", () =>
  withRemains(`sleep 600 & echo $!; ${DAEMON} exit 0`, 2, async (remains, left) => {
    assert.is(await sweep({ ...remains, groupKilled: true }), 1);
    await allGone(left);
  }));

test("sweep() finds what cleaned its environment by its session, and what took a session by its marker", async () => {
  // perl moves to a group of its own inside of the session.
  const moved = "env -i perl -e 'setpgrp(0, 0); $| = 1; print \"$$\\n\"; sleep 600' &";
  await withRemains(`${moved} ${DAEMON} exit 0`, 2, async (remains, left) => {
    assert.is(await sweep({ ...remains, marker: newMarker(), groupKilled: true }), 1);
    await until("the end of one", () => left.filter(lives).length === 1);
    assert.is(await sweep({ ...remains, groupKilled: true }), 1);
    await allGone(left);
  });
});

test("sweep() leaves strangers, other runs and itself", () =>
  withShell(STAY, (other) =>
    withRemains(`${STRANGER} ${DAEMON} exit 0`, 2, async ({ leader, marker }, left) => {
      const beginsLikeIt = marker.slice(0, -1);
      assert.is(await sweep({ leader, marker: beginsLikeIt, groupKilled: false }), 0);
      assert.is(await sweep({ leader, marker: `${marker}1`, groupKilled: false }), 0);
      assert.ok(left.every(lives));
      assert.is(await sweep({ leader, marker, groupKilled: false }), 1);
      await until("the end of one", () => left.filter(lives).length === 1);
      assert.ok(lives(other.pid));
    }),
  ));

test("sweep() counts no zombie", () =>
  withShell(
    // The child of a process that doesn't wait stays a zombie.
    "sh -c 'sleep 0 & echo $!; exec sleep 600' & exec sleep 600",
    async ({ pid, said }) => {
      await until("the zombie", () => said() !== "" && !lives(Number(said())));
      assert.is(await sweep({ leader: pid, marker: newMarker(), groupKilled: false }), 2);
    },
  ));

test("sweep() lets others have their turn where there are many processes", () =>
  withShell("for i in $(seq 70); do sleep 600 & done; echo ready; wait", async ({ said }) => {
    await until("all of them", () => said() !== "");
    let turns = 0;
    const turn = setImmediate(() => {
      turns += 1;
    });
    await sweep({ leader: 0, marker: newMarker(), groupKilled: false });
    clearImmediate(turn);
    assert.is(turns, 1);
  }));

test("sweepNow() kills the same in one go, without waiting", () =>
  withRemains(`sleep 600 & echo $!; ${DAEMON} exit 0`, 2, async (remains, left) => {
    assert.is(sweepNow({ ...remains, groupKilled: false }), undefined);
    await allGone(left);
  }));

test.run();
