import { test } from "uvu";
import * as assert from "uvu/assert";
import { createHistory, STEP_SECONDS } from "../../../src/gather/history.ts";
import type { Result } from "../../../src/gather/result.ts";
import { type Family, family, type Labels } from "../../../src/metric.ts";
import { chartsOf } from "../../../src/web/page/charts.ts";
import { livePage } from "../../../src/web/page/live_page.ts";
import type { CommandState, Snapshot } from "../../../src/web/page/snapshot.ts";

const GIB = 2 ** 30;
const NOW = 1_700_000_000;
const HOSTILE = `<script>alert("1")</script>`;
const OPTIONS = { host: "db-3", version: "1.2.3", namespace: "memory", telemetryPath: "/metrics", debug: false };

const gauge = (name: string, samples: readonly (readonly [Labels, number])[], unit = "bytes"): Family =>
  family({ name, help: "Help.", type: "gauge", unit }, samples);

const OK: CommandState = {
  name: "free",
  shown: "free -b -w",
  outcome: "ok",
  detail: "",
  failingSince: undefined,
  seconds: 0.0021,
  ageSeconds: 3,
  timeoutSeconds: 5,
  runningSeconds: undefined,
  recent: [{ outcome: "ok", seconds: 0.002, time: NOW }],
  lastError: undefined,
};
const FAILS: CommandState = {
  ...OK,
  name: "gpu",
  outcome: "timeout",
  detail: "did not end within 5.000 s",
  failingSince: NOW - 240,
  recent: [
    { outcome: "ok", seconds: 0.1, time: NOW - 300 },
    { outcome: "timeout", seconds: 5, time: NOW - 240 },
  ],
  lastError: { outcome: "timeout", seconds: 5, time: NOW - 240, detail: "did not end within 5.000 s" },
};

/** Half an hour of memory, in which used memory grew by 1 MiB in each slot. */
function halfAnHour() {
  const history = createHistory();
  for (let step = 120; step >= 0; step -= 1) {
    const figures = {
      total: 64 * GIB,
      used: 20 * GIB - step * 2 ** 20,
      available: 44 * GIB,
      free: 30 * GIB,
      cache: 14 * GIB,
    };
    const families = Object.entries(figures).map(([name, value]) => gauge(`memory_${name}_bytes`, [[{}, value]]));
    const result: Result = {
      source: "free",
      outcome: "ok",
      families,
      detail: "",
      seconds: 0,
      timeoutSeconds: 5,
      ageSeconds: 0,
      yields: true,
    };
    history.record([result], (NOW - step * STEP_SECONDS) * 1000);
  }
  return history;
}

const history = halfAnHour();
const LOOK: Snapshot = {
  time: NOW,
  paceMs: 5200,
  commands: [OK],
  metrics: [],
  figures: { total: 64 * GIB, used: 20 * GIB, available: 44 * GIB, swap_total: 0, swap_used: 0 },
  waiting: 0.0021,
  stalled: 0,
  charts: chartsOf(history),
};

/** The page as text with plain spaces. */
function pageOf(snapshot: Partial<Snapshot>, options: Partial<typeof OPTIONS> = {}): string {
  return livePage({ ...LOOK, ...snapshot }, "1h", history, { ...OPTIONS, ...options }).replaceAll("\u00a0", " ");
}

test("the page has a name, values with ratio and trend, and links", () => {
  const page = pageOf({});
  assert.match(page, /<h1>db-3<\/h1>/);
  assert.match(page, /<p class="pill ok" id="status">Up<\/p>/);
  assert.match(
    page,
    /title="47,244,640,256 bytes">44\.0 GiB<\/data><\/p>\n<p class="about">69 % of 64\.0 GiB<\/p>\n<p class="trend">steady for 15 min/,
  );
  assert.match(page, /<p class="about">31 % of 64\.0 GiB<\/p>\n<p class="trend">steady for 15 min/);
  assert.match(page, /<p class="about">no swap space<\/p>/);
  assert.match(page, /0\.21 %<\/data><\/p>\n<p class="about">some task waits; all wait 0 %<\/p>/);
  for (const href of ["./metrics", "./-/healthy", "./api/v1/live"])
    assert.ok(page.includes(`<a href="${href}">`), href);
  assert.not.match(page, /\.\/debug\//);
  assert.match(pageOf({}, { debug: true }), /<a href="\.\/debug\/">/);
});

test("a value that changes shows the difference and the time", () => {
  const small = { ...LOOK.figures, total: 8 * GIB };
  assert.match(pageOf({ figures: small }), /▲ up 6\d\.0 MiB in 15 min/);
});

test("a chart has a picture, a legend, and a table with exact values", () => {
  const page = pageOf({});
  assert.match(page, /<div class="plot" data-chart="memory" role="img" aria-label="Memory over the last hour\./);
  assert.match(page, /<path class="area used" d="M[\d. LMZ]+"\/>/);
  assert.match(page, /<path class="line available" d="M[\d. L]+"\/>/);
  assert.match(
    page,
    /<li data-column="used"><span class="swatch used"><\/span>Used <span class="now"><data value="21474836480"/,
  );
  assert.match(page, /<time datetime="2023-11-14T22:13:15\.000Z">22:13:15<\/time><\/th><td>21,474,836,480<\/td>/);
  assert.not.match(page, /data-chart="swap"|data-column="buffers"/);
  assert.match(page, /<a href="\?range=1h" data-range="1h" aria-current="true">1 h<\/a>/);
});

test("the default range is an hour, or 15 minutes with a short history", () => {
  const since = (seconds: number): Snapshot["charts"] => ({
    memory: { columns: ["used"], rows: [{ time: NOW - seconds, values: { used: 1 } }] },
  });
  const shown = [901, 900, 0].map((seconds) =>
    livePage({ ...LOOK, charts: since(seconds) }, undefined, history, OPTIONS).match(/data-range="(\w+)" aria-current/),
  );
  assert.equal(
    shown.map((found) => found?.[1]),
    ["1h", "15m", "15m"],
  );
});

test("failures are shown at the top, and since when", () => {
  const page = pageOf({ commands: [OK, FAILS] });
  assert.match(page, /<p class="pill failing" id="status">1 of 2 failing<\/p>/);
  assert.match(
    page,
    /<strong>gpu fails since <time datetime="[^"]+">22:09:20 UTC<\/time>, for 4 min:<\/strong> did not end within 5\.000 s/,
  );
  assert.match(page, /<span class="badge failing">timeout<\/span>/);
  assert.match(page, /aria-label="2 runs, 1 failed"/);
  assert.match(pageOf({ commands: [FAILS] }), /id="status">Failing</);
  const many = Array.from({ length: 64 }, (_, i) => ({ ...FAILS, name: `c${i}` }));
  assert.match(pageOf({ commands: many }), /<a href="#commands">61 more<\/a>/);
});

test("a current run, a first run, and no commands at all are shown", () => {
  const first: CommandState = {
    ...OK,
    outcome: "none",
    seconds: undefined,
    ageSeconds: undefined,
    recent: [],
    runningSeconds: 3.4,
  };
  const page = pageOf({ commands: [first] });
  assert.match(page, /id="status">Starting</);
  assert.match(page, /no result yet<\/span> <span class="running">running for 3 s</);
  const empty = pageOf({ commands: [], figures: {}, charts: {}, waiting: undefined, stalled: undefined });
  assert.match(empty, /id="status">No commands</);
  assert.match(empty, /<p>No commands are configured\.<\/p>/);
  assert.not.match(empty, /data-range|data-chart|<h2>Available/);
});

test("programs are sorted by memory, with all others at the end", () => {
  const memory = [
    ["other", 9],
    ["java", 5],
    ["node", 7],
  ] as const;
  const families = [
    gauge(
      "memory_processes_resident_bytes",
      memory.map(([program, gib]) => [{ program }, gib * GIB]),
    ),
  ];
  const page = pageOf({ metrics: [{ command: "processes", isOwn: false, families }] });
  const names = [...page.matchAll(/<tr><th scope="row">([^<]+)<\/th>\n<td class="number"><data/g)].map(
    ([, name]) => name,
  );
  assert.equal(names, ["node", "java", "all others"]);
});

test("other metrics are grouped by command, configured ones first, in the user's namespace, and limited", () => {
  const preset = { command: "cgroup", isOwn: false, families: [gauge("memory_cgroup_usage_bytes", [[{}, GIB]])] };
  const own = { command: "gpu", isOwn: true, families: [gauge("memory_gpu_used_bytes", [[{ gpu: "0" }, 2 * GIB]])] };
  const page = pageOf({ metrics: [preset, own] }, { namespace: "my" }).replaceAll("<wbr>", "");
  assert.ok(page.indexOf('colspan="3">gpu<') < page.indexOf('colspan="3">cgroup<'));
  assert.match(page, /<span title="Help\.">my_gpu_used_bytes<\/span><span class="labels">\{gpu=&#34;0&#34;\}<\/span>/);
  const labels = Array.from({ length: 1000 }, (_, i) => [{ i: `${i}` }, i] as const);
  const many = pageOf({ metrics: [{ ...own, families: [gauge("many", labels)] }] });
  assert.match(many, /<p class="about">900 more are on the metrics page\.<\/p>/);
});

test("names, outputs and metrics of commands are escaped", () => {
  const metrics = [{ command: HOSTILE, isOwn: true, families: [gauge("a", [[{ x: HOSTILE }, 1]])] }];
  const hostile = { ...FAILS, name: HOSTILE, detail: HOSTILE, shown: HOSTILE };
  const page = pageOf({ commands: [hostile], metrics }, { host: HOSTILE, version: HOSTILE });
  assert.not.match(page, /<script>|alert\("/);
  // Nothing inline, which the policy wouldn't allow either.
  assert.not.match(page, /<style|\sstyle=|\son\w+=|javascript:/);
});

test.run();
