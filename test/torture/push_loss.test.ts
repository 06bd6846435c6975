import { test } from "uvu";
import * as assert from "uvu/assert";
import { PROMETHEUS_KINDS } from "../push_scene.ts";
import { needs } from "../tools.ts";
import { type Loss, measureLoss, type Trial } from "./push_loss.ts";

const SECONDS = Number(process.env.LOSS_SECONDS ?? 200);
const SEED = Number(process.env.LOSS_SEED ?? Date.now() % 1e6);

const TRIALS: readonly Trial[] = [
  { seconds: SECONDS, seed: SEED, version: "2", remoteWrite: "1", spool: false, kills: 0 },
  { seconds: SECONDS, seed: SEED + 1, version: "3", remoteWrite: "2", spool: true, kills: 2 },
];

const nameOf = ({ version, remoteWrite, spool, kills }: Trial) =>
  `Prometheus ${version}, remote write ${remoteWrite}, ${spool ? "spool" : "no spool"}, ${kills} SIGKILL`;

function show(trial: Trial, { lives, serverKills, serverStops }: Loss): void {
  const each = lives.map(({ runs, stored }) => `${stored.length} of ${runs}`).join(", ");
  console.log(`${nameOf(trial)}: server killed ${serverKills}, stopped ${serverStops} times; stored ${each}`);
}

/** All but so many of the last runs of a life are stored, once each and in order. */
function check(trial: Trial, { lives, uneven }: Loss): void {
  assert.equal(uneven, [], nameOf(trial));
  for (const [index, { runs, stored }] of lives.entries()) {
    const place = `${nameOf(trial)}, life ${index + 1}`;
    assert.equal(
      stored,
      Array.from({ length: stored.length }, (_, i) => i + 1),
      place,
    );
    // A run that was under way at the end is no gathering.
    assert.ok(runs - stored.length <= 1, `${place}: ${stored.length} stored of ${runs}`);
  }
}

const able = Object.values(PROMETHEUS_KINDS).every(({ program }) => needs(program, "--version"));

(able ? test : test.skip)(`nothing is lost in ${SECONDS} s of outages (LOSS_SEED=${SEED})`, async () => {
  const losses = await Promise.all(TRIALS.map(measureLoss));
  for (const [index, trial] of TRIALS.entries()) if (losses[index]) show(trial, losses[index]);
  for (const [index, trial] of TRIALS.entries()) if (losses[index]) check(trial, losses[index]);
});

test.run();
