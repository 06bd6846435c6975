import { test } from "uvu";
import * as assert from "uvu/assert";
import { run } from "../exporter.ts";
import { scrape } from "../http.ts";
import { withServer } from "../servers.ts";
import { needs } from "../tools.ts";

/** The program with whose names ours are compared, on the same machine. */
const PEER = "prometheus-node-exporter";
const COLLECTORS = ["meminfo", "pressure", "vmstat", "uname"].map((name) => `--collector.${name}`);
/** Of memory at work, between two reads. */
const CHANGE_BYTES = 512 * 2 ** 20;
/** Microseconds as seconds: it divides twice. */
const ROUNDING = 1e-6;

type Metric = { help: string; type: string; values: Map<string, number> };

/** Families of a page by name, with the values of their series. */
function familiesOf(page: string): Map<string, Metric> {
  const families = new Map<string, Metric>();
  const of = (name: string) => {
    const known = families.get(name) ?? { help: "", type: "", values: new Map() };
    families.set(name, known);
    return known;
  };
  for (const line of page.split("\n")) {
    const [, kind, name = "", text = ""] = /^# (HELP|TYPE) (\S+) (.*)$/.exec(line) ?? [];
    if (kind === "HELP") of(name).help = text;
    if (kind === "TYPE") of(name).type = text;
    const [, series = "", value] = /^([a-zA-Z_][^ ]*) (\S+)$/.exec(line) ?? [];
    if (value !== undefined) of(series.replace(/\{.*/, "")).values.set(series, Number(value));
  }
  return families;
}

/** Pages of the peer before and after something. */
function around<T>(use: () => Promise<T>): Promise<[before: string, T, after: string]> {
  const kind = {
    program: PEER,
    args: (listen: string) => [`--web.listen-address=${listen}`, "--collector.disable-defaults", ...COLLECTORS],
    ready: "/",
  };
  return withServer(kind, async ({ url }) => [await scrape(url), await use(), await scrape(url)]);
}

const known = needs(PEER, "--version") ? test : test.skip;

known("--metrics.names=node_exporter alone gives names, types, helps and values of node_exporter", async () => {
  const [before, page, after] = await around(() => run({ args: ["once", "--metrics.names=node_exporter"] }));
  assert.is(page.code, 0);
  const [earlier, ours, later] = [familiesOf(before), familiesOf(page.stdout), familiesOf(after)];
  const shared = [...earlier.keys()].filter((name) => /^node_(memory|pressure|vmstat|uname)_/.test(name));
  assert.ok(shared.length > 50, `node_exporter gives ${shared.length} metrics`);
  assert.equal([...ours.keys()].filter((name) => name.startsWith("node_")).sort(), shared.sort());
  for (const name of shared) {
    const [theirs, mine] = [earlier.get(name), ours.get(name)];
    assert.equal([mine?.type, mine?.help.replace(/\.$/, "")], [theirs?.type, theirs?.help.replace(/\.$/, "")], name);
    assert.equal([...(mine?.values.keys() ?? [])], [...(theirs?.values.keys() ?? [])], name);
    for (const [series, here] of mine?.values ?? []) {
      const [low, high] = [theirs?.values.get(series), later.get(name)?.values.get(series)].map(Number);
      // What counts only grows; what is a size may go both ways meanwhile.
      const slack = name.endsWith("_bytes") ? CHANGE_BYTES : name.endsWith("_seconds_total") ? ROUNDING : 0;
      const isBetween = here >= Math.min(low ?? 0, high ?? 0) - slack && here <= Math.max(low ?? 0, high ?? 0) + slack;
      assert.ok(isBetween, `${series}: ${low} before, ${here} here, ${high} after`);
    }
  }
  for (const exact of ["node_memory_MemTotal_bytes", "node_memory_SwapTotal_bytes", "node_memory_Hugepagesize_bytes"]) {
    assert.is(ours.get(exact)?.values.get(exact), earlier.get(exact)?.values.get(exact), exact);
  }
});

test("a preset without these names is refused", async () => {
  const refused = await run({ args: ["once", "--metrics.names=node_exporter", "--command.preset=free"] });
  assert.is(refused.code, 1);
  assert.is(
    refused.stderr,
    "memory_exporter: error: --metrics.names: found node_exporter with preset free, wanted one of meminfo, pressure, oom, try --help\n",
  );
});

test.run();
