import { test } from "uvu";
import * as assert from "uvu/assert";
import { bytesGauge, eventCounter, plainFamilies, requireFamilies } from "../../src/presets/figures.ts";
import { refusal } from "../cuts.ts";

const rows = [bytesGauge("total", "Total.", "Total"), eventCounter("x_faults", "Faults.", "Faults")];

test("bytesGauge() and eventCounter() name their metrics as Prometheus does", () => {
  assert.equal(rows, [
    { name: "memory_total_bytes", help: "Total.", type: "gauge", unit: "bytes", from: "Total" },
    { name: "memory_x_faults_total", help: "Faults.", type: "counter", from: "Faults" },
  ]);
});

test("plainFamilies() leaves out rows without a figure, not those of 0", () => {
  assert.equal(plainFamilies(rows, new Map([["Faults", 0]])), [
    { name: "memory_x_faults_total", help: "Faults.", type: "counter", samples: [{ labels: {}, value: 0 }] },
  ]);
  assert.equal(plainFamilies(rows, new Map([["Total", undefined]])), []);
});

test("requireFamilies() refuses none", () => {
  const families = plainFamilies(rows, new Map([["Total", 1]]));
  assert.is(requireFamilies(families, "a total"), families);
  assert.is(
    refusal(() => requireFamilies([], "a total")),
    "found no figure, wanted a total",
  );
});

test.run();
