import { test } from "uvu";
import * as assert from "uvu/assert";
import { encodeTable } from "../../src/exposition/table.ts";
import { family } from "../../src/metric.ts";

function gauge(name: string, ...samples: Parameters<typeof family>[1]) {
  return family({ name, help: "Help.", type: "gauge" }, samples);
}

test("aligns series, values and readable sizes", () => {
  const table = encodeTable([
    gauge("memory_total_bytes", [{}, 16_777_216_000]),
    gauge("memory_up", [{}, 1]),
    gauge("memory_zone_bytes", [{ zone: "a" }, 0], [{ zone: "b" }, 1023], [{ zone: "c" }, 1536]),
  ]);
  assert.is(
    table,
    [
      "METRIC                             VALUE",
      "memory_total_bytes           16777216000   15.6 GiB",
      "memory_up                              1",
      'memory_zone_bytes{zone="a"}            0        0 B',
      'memory_zone_bytes{zone="b"}         1023     1023 B',
      'memory_zone_bytes{zone="c"}         1536    1.5 KiB',
      "",
    ].join("\n"),
  );
});

test("readable sizes at the ends of their ranges", () => {
  const values = [1024 ** 2 - 1, 1024 ** 2, 2 ** 63, 1e30, -1536, 0.5];
  const table = encodeTable(values.map((value, i) => gauge(`m${i}_bytes`, [{}, value])));
  const readable = table
    .split("\n")
    .slice(1, -1)
    .map((line) => line.split(/\s+/).slice(2).join(" "));
  assert.equal(readable, ["1.0 MiB", "1.0 MiB", "8.0 EiB", "867361737988.4 EiB", "-1.5 KiB", "0.5 B"]);
});

test("fractions are short, whole numbers are whole", () => {
  const values = [0.1 + 0.2, 1795342247.472, 2 ** 53 - 1, 0.007995454999999993, Number.NEGATIVE_INFINITY];
  const table = encodeTable(values.map((value, i) => gauge(`m${i}`, [{}, value])));
  const shown = table
    .split("\n")
    .slice(1, -1)
    .map((line) => line.split(/\s+/)[1]);
  assert.equal(shown, ["0.3", "1795342247.47", "9007199254740991", "0.007995455", "-Inf"]);
});

test("only bytes have a readable size, counts of bytes have none", () => {
  const histogram = {
    ...gauge("a_bytes"),
    type: "histogram" as const,
    samples: [
      { labels: {}, value: 2048, suffix: "_sum" as const },
      { labels: {}, value: 2048, suffix: "_count" as const },
    ],
  };
  const table = encodeTable([histogram, gauge("b_seconds", [{}, 2048]), gauge("kilobytes", [{}, 2048])]);
  assert.is(table.match(/KiB/g)?.length, 1);
  assert.match(table, /^a_bytes_sum +2048 +2\.0 KiB$/m);
});

test("keeps the columns where characters are wide, combined or unprintable", () => {
  const table = encodeTable([
    gauge("m", [{ a: "内存" }, 1], [{ a: "e\u0301" }, 2], [{ a: "🧠" }, 3], [{ a: "abcd" }, 4]),
  ]);
  assert.is(
    table,
    'METRIC       VALUE\nm{a="内存"}      1\nm{a="e\u0301"}         2\nm{a="🧠"}        3\nm{a="abcd"}      4\n',
  );
});

test("lets nothing through that a terminal would act on", () => {
  const table = encodeTable([gauge("m", [{ a: "\u001b[2J\r\n\u202e\u0007\u009b" }, 1])]);
  assert.is(table.split("\n")[1], 'm{a="\\u{1b}[2J\\u{d}\\n\\u{202e}\\u{7}\\u{9b}"}      1');
});

test("a long series pushes its own value alone", () => {
  const lines = encodeTable([gauge("a", [{}, 1]), gauge("m", [{ a: "x".repeat(1024 * 1024) }, 2])]).split("\n");
  assert.is(lines[1], `a${" ".repeat(79)}      1`);
  assert.ok(lines[2]?.endsWith('x"}      2'));
});

test.run();
