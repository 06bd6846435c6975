import { test } from "uvu";
import * as assert from "uvu/assert";
import { seriesOf } from "../../src/push/series.ts";

test("labels are sorted, those of the series win, and empty ones are left out", () => {
  const family = {
    name: "m",
    help: "Help.",
    type: "histogram",
    unit: "seconds",
    samples: [{ labels: { le: "1", zone: "own", a: "" }, value: 3, suffix: "_bucket", startMs: 5 }],
  } as const;
  const [one, two] = seriesOf(
    { atMs: 1, families: [family], gone: [family] },
    { zone: "all", instance: "host", B: "b" },
  );
  const labels = [
    ["B", "b"],
    ["__name__", "m_bucket"],
    ["instance", "host"],
    ["le", "1"],
    ["zone", "own"],
  ];
  assert.equal(one, { labels, value: 3, atMs: 1, startMs: 5, type: "histogram", help: "Help.", unit: "seconds" });
  assert.equal([two?.labels, two?.value], [labels, undefined]);
});

test("a sample with a time of its own keeps it", () => {
  const family = { name: "m", help: "", type: "gauge", samples: [{ labels: {}, value: 3, timestampMs: 9 }] } as const;
  assert.is(seriesOf({ atMs: 1, families: [family], gone: [] }, {})[0]?.atMs, 9);
});

test.run();
