import { test } from "uvu";
import * as assert from "uvu/assert";
import { good, readFiles } from "./command_files.ts";

const FREE = "{name: free, preset: free}";
const RESERVED = "which is a name of the exporter or of Prometheus itself, wanted another";
const gauge = (name: string, more = "") => `{name: ${name}, help: h, value: v${more}}`;
const csv = (name: string, ...metrics: string[]) =>
  `  - {name: ${name}, command: [x], parser: {format: csv}, metrics: [${metrics.join(", ")}]}\n`;

/** Metrics of two commands, and what is told. */
const CONFLICTS: readonly (readonly [string, string, string])[] = [
  [
    gauge("x"),
    gauge("x", ", type: untyped"),
    'metrics.0.type: found type "untyped" of "x", wanted "gauge", as command "a" has it (a.yml:2:69)',
  ],
  [
    gauge("x"),
    "{name: x, help: other, value: v}",
    'metrics.0.help: found help "other" of "x", wanted "h", as command "a" has it (a.yml:2:69)',
  ],
  [
    gauge("x"),
    gauge("x"),
    'metrics.0.name: found the series "x" again, as command "a" has it (a.yml:2:69), wanted another label or name',
  ],
  [
    gauge("x", ", constants: {a: b}"),
    gauge("x", ", constants: {a: b}"),
    'metrics.0.name: found the series "x" again, as command "a" has it (a.yml:2:69), wanted another label or name',
  ],
  [
    gauge("x", ", unit: x").replace("name: x", "name: x_x"),
    gauge("x_x"),
    'metrics.0.unit: found no unit of "x_x", wanted "x", as command "a" has it (a.yml:2:69)',
  ],
  [gauge("x"), gauge("memory_up"), `metrics.0.name: found "memory_up", ${RESERVED}`],
  [gauge("x"), gauge("scrape_duration_seconds"), `metrics.0.name: found "scrape_duration_seconds", ${RESERVED}`],
  [gauge("x"), gauge("memory_exporter_x"), `metrics.0.name: found "memory_exporter_x", ${RESERVED}`],
];

for (const [one, other, wanted] of CONFLICTS) {
  test(`a conflict: ${one} and ${other}`, async () => {
    const told = await readFiles({ "a.yml": `commands:\n${csv("a", one)}${csv("b", other)}` });
    assert.type(told, "string");
    assert.is(String(told).replace(/^a\.yml:3:\d+: /, ""), wanted);
  });
}

test("a command can't make a series twice, but take it from one of several fields", async () => {
  const two = (one: string, other: string) => readFiles({ "a.yml": `commands:\n${csv("a", one, other)}` });
  const again = 'found the series "x" again, as command "a" has it (a.yml:2:69), wanted another label or name';
  for (const labels of ["", ", labels: {a: f}"]) {
    const told = await two(gauge("x", labels), `{name: x, help: h, value: w${labels}}`);
    assert.match(String(told), new RegExp(`: metrics.1.name: ${again.replace(/[().]/g, "\\$&")}$`));
  }
  for (const more of [", missing: absent", ", when: {a: b}", ", labels: {a: f}"])
    assert.type(await two(gauge("x", more), "{name: x, help: h, value: w, labels: {a: g}}"), "object", more);
});

test("a conflict with several metrics is told once, and a label without a value is none", async () => {
  const told = await readFiles({
    "a.yml": `commands:\n${csv("a", gauge("x"))}${csv("b", gauge("x", ", constants: {a: ''}"))}${csv("c", gauge("x"))}`,
  });
  assert.equal(
    String(told).match(/a\.yml:\d.*?, as command "a"/g),
    ["3:69", "4:69"].map((place) => `a.yml:${place}: metrics.0.name: found the series "x" again, as command "a"`),
  );
});

test("metrics whose labels tell them apart, and those of two presets, stand together", async () => {
  for (const [one, other] of [
    [gauge("x", ", constants: {a: b}"), gauge("x", ", constants: {a: c}")],
    [gauge("x", ", labels: {a: f}"), gauge("x", ", labels: {a: f}")],
    [gauge("x", ", constants: {a: b}"), gauge("x")],
  ] as const) {
    assert.type(await readFiles({ "a.yml": `commands:\n${csv("a", one)}${csv("b", other)}` }), "object");
  }
  const { commands } = await good(`commands: [${FREE}, {name: meminfo, preset: meminfo}]`);
  assert.equal(
    commands.map(({ name }) => name),
    ["free", "meminfo"],
  );
});

test("a metric of one's own can't be that of a preset beside it", async () => {
  const told = await readFiles({
    "a.yml": `commands:\n  - ${FREE}\n${csv("b", "{name: memory_total_bytes, help: Mine., value: v}")}`,
  });
  assert.is(
    told,
    'a.yml:3:95: metrics.0.help: found help "Mine." of "memory_total_bytes", wanted "Total usable memory.", as command "free" has it',
  );
});

test.run();
