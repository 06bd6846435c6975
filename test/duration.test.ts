import { test } from "uvu";
import * as assert from "uvu/assert";
import { goDurationMs } from "../src/duration.ts";

test("goDurationMs() reads durations as Go writes them", () => {
  const wanted = {
    "0": 0,
    "0s": 0,
    "500ms": 500,
    "1.5s": 1500,
    "1m30s": 90_000,
    "2h": 7_200_000,
    "250us": 0.25,
    "1µs": 0.001,
  };
  for (const [text, milliseconds] of Object.entries(wanted)) assert.is(goDurationMs(text), milliseconds, text);
});

test("goDurationMs() takes nothing else", () => {
  for (const text of [
    "",
    "1",
    "-1s",
    "+1s",
    "1 s",
    "s",
    ".5s",
    "1.s",
    "1d",
    "1S",
    "1s ",
    "1s\n",
    "1e3s",
    "1_0s",
    "∞",
    "9".repeat(99),
  ]) {
    assert.is(goDurationMs(text), undefined, text);
  }
  assert.is(goDurationMs("1s".repeat(500_000)), undefined);
});

test.run();
