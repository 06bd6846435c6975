import { test } from "uvu";
import * as assert from "uvu/assert";
import { familiesOf, inNamespace, upFamily } from "../../src/gather/assembly.ts";
import type { Result } from "../../src/gather/result.ts";
import { family } from "../../src/metric.ts";
import { sampleLines } from "../memory_cases.ts";

const gauge = (name: string, ...values: readonly (readonly [Record<string, string>, number])[]) =>
  family({ name, help: "", type: "gauge" }, values);

function resultOf(...families: Result["families"]): Result {
  return {
    source: "x",
    outcome: "ok",
    detail: "",
    seconds: 0,
    timeoutSeconds: 5,
    ageSeconds: 0,
    yields: true,
    families,
  };
}

test("if two sources give the same series, the first one is used; others are merged", () => {
  const first = resultOf(gauge("memory_a", [{}, 1], [{ x: "1" }, 2]));
  const second = resultOf(gauge("memory_a", [{ x: "1" }, 9], [{ x: "2" }, 3]), gauge("memory_b", [{}, 4]));
  assert.equal(sampleLines(familiesOf([first, second], "memory")), [
    "memory_a 1",
    'memory_a{x="1"} 2',
    'memory_a{x="2"} 3',
    "memory_b 4",
  ]);
});

test("another namespace replaces only memory_", () => {
  const renamed = (name: string) => inNamespace(gauge(name), "box").name;
  assert.equal(["memory_x", "memory", "memoryx_memory_y", "node_memory_x"].map(renamed), [
    "box_x",
    "memory",
    "memoryx_memory_y",
    "node_memory_x",
  ]);
  assert.equal(sampleLines([upFamily("box", true), ...familiesOf([resultOf(gauge("memory_a", [{}, 1]))], "box")]), [
    "box_up 1",
    "box_a 1",
  ]);
});

test.run();
