import { test } from "uvu";
import * as assert from "uvu/assert";
import { didYouMean, nearest } from "../src/nearest.ts";

test("a word that is a slip away is found, another one isn't", () => {
  const known = ["timeout", "interval", "env", "cwd"];
  assert.is(nearest("tiemout", known), "timeout");
  assert.is(nearest("Interval", known), "interval");
  assert.is(nearest("evn", known), "env");
  assert.is(nearest("enb", known), "env");
  assert.is(nearest("en", known), undefined);
  assert.is(nearest("bogus", known), undefined);
  assert.is(nearest("x".repeat(1e6), known), undefined);
  assert.is(nearest("a", []), undefined);
});

test("a word far from all is none, however short the list is", () => {
  assert.is(nearest("bogus", ["quota"]), undefined);
  assert.is(nearest("bogus", ["format", "filter", "folder"]), undefined);
});

test("a part that only one word has is enough", () => {
  const known = ["web.listen-address", "web.config.file", "web.telemetry-path"];
  assert.is(nearest("listen-address", known), "web.listen-address");
  assert.is(nearest("web.tele", known), "web.telemetry-path");
  assert.is(nearest("web.", known), undefined);
});

test("the question is asked only where there is a word for it", () => {
  assert.is(didYouMean("tiemout", ["timeout"]), ' (did you mean "timeout"?)');
  assert.is(
    didYouMean("tiemout", ["timeout"], (near) => `--${near}`),
    " (did you mean --timeout?)",
  );
  assert.is(didYouMean("bogus", ["timeout"]), "");
});

test.run();
