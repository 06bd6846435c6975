import { test } from "uvu";
import * as assert from "uvu/assert";
import { run } from "../exporter.ts";
import { scrape } from "../http.ts";
import { withServer } from "../servers.ts";
import { needs } from "../tools.ts";

/** The program with whose names ours are compared, on the same machine. */
const PEER = "prometheus-node-exporter";
const COLLECTORS = ["meminfo", "pressure", "vmstat"].map((name) => `--collector.${name}`);
const OURS = ["meminfo", "pressure", "oom"].flatMap((name) => ["--command.preset", name]);
/** Figures of a machine at work: between two reads they may change by so much. */
const CHANGE = { bytes: 512 * 2 ** 20, seconds: 5, count: 1000 };

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

function peerPage(): Promise<string> {
  const kind = {
    program: PEER,
    args: (listen: string) => [`--web.listen-address=${listen}`, "--collector.disable-defaults", ...COLLECTORS],
    ready: "/",
  };
  return withServer(kind, ({ url }) => scrape(url));
}

function change(name: string): number {
  if (name.endsWith("_bytes")) return CHANGE.bytes;
  return name.endsWith("_seconds_total") ? CHANGE.seconds : CHANGE.count;
}

const known = needs(PEER, "--version") ? test : test.skip;

known("names, types, helps and values are those of node_exporter", async () => {
  const peer = familiesOf(await peerPage());
  const { code, stdout } = await run({ args: ["once", "--metrics.names=node_exporter", ...OURS] });
  assert.is(code, 0);
  const ours = familiesOf(stdout);
  const shared = [...peer.keys()].filter((name) => /^node_(memory_|pressure_memory_|vmstat_oom_kill$)/.test(name));
  assert.ok(shared.length > 40, `node_exporter gives ${shared.length} metrics of memory`);
  assert.equal([...ours.keys()].filter((name) => name.startsWith("node_")).sort(), shared.sort());
  for (const name of shared) {
    const [theirs, mine] = [peer.get(name), ours.get(name)];
    assert.equal([mine?.type, mine?.help.replace(/\.$/, "")], [theirs?.type, theirs?.help.replace(/\.$/, "")], name);
    const [there, here] = [theirs?.values.get(name) ?? Number.NaN, mine?.values.get(name) ?? Number.NaN];
    assert.ok(Math.abs(there - here) <= change(name), `${name}: ${there} there, ${here} here`);
  }
  for (const exact of ["node_memory_MemTotal_bytes", "node_memory_SwapTotal_bytes", "node_memory_Hugepagesize_bytes"]) {
    assert.is(ours.get(exact)?.values.get(exact), peer.get(exact)?.values.get(exact), exact);
  }
});

test("auto is the preset with these names, and one without them is refused", async () => {
  const auto = await run({ args: ["once", "--metrics.names=node_exporter"] });
  assert.match(auto.stdout, /^node_memory_MemTotal_bytes \d/m);
  assert.match(auto.stdout, /^memory_up 1$/m);
  const refused = await run({ args: ["once", "--metrics.names=node_exporter", "--command.preset=free"] });
  assert.is(refused.code, 1);
  assert.is(
    refused.stderr,
    "memory_exporter: error: --metrics.names: found node_exporter with preset free, wanted one of meminfo, pressure, oom, try --help\n",
  );
});

test.run();
