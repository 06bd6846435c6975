import { execFile } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { KINDS, nextProfile, untilUnderWay, withFree } from "../debug.ts";
import { sampleOf } from "../exporter.ts";
import { form } from "../forms.ts";
import { ask, scrape } from "../http.ts";
import { withFolder } from "../stand_in.ts";
import { needs, testWhere } from "../tools.ts";

const ROOT = join(import.meta.dirname, "../..");

const onNode = testWhere(!form.endsWith("deno"));
const onDeno = testWhere(form.endsWith("deno"));
const withGo = needs("go", "tool", "-n", "pprof") ? onNode : test.skip;

onDeno("on Deno there are no profiles, and a reason", async () => {
  await withFree(async ({ url }) => {
    for (const path of ["", ...KINDS]) {
      const { status, text } = await ask(`${url}/debug/pprof/${path}`);
      assert.is(status, 501);
      assert.match(text, /^Profiles need Node: [^\n]+\n$/);
    }
  });
});

onNode("the index lists the profiles, and bad seconds are refused", async () => {
  await withFree(async ({ url }) => {
    const { status, text } = await ask(`${url}/debug/pprof/`);
    assert.is(status, 200);
    for (const kind of KINDS) {
      assert.match(text, new RegExp(`<a href="${kind}\\?seconds=\\d+">${kind}</a>`));
      for (const seconds of ["0", "61", "x", ""]) {
        const refused = await ask(`${url}/debug/pprof/${kind}?seconds=${seconds}`);
        assert.equal([refused.status, refused.headers["x-go-pprof"]], [400, "1"]);
        assert.match(refused.text, /^seconds: found "[^"]*", wanted a whole number from 1 to \d+\n$/);
      }
    }
  });
});

/** Scrapes for as long as something takes. */
async function scrapeDuring(url: string, taking: Promise<unknown>): Promise<void> {
  let over = false;
  const end = taking.finally(() => {
    over = true;
  });
  while (!over) assert.is(sampleOf(await scrape(url), "memory_up"), 1);
  await end;
}

/** What `go tool pprof` prints when it fetches a profile. */
async function goPprof(folder: string, ...args: readonly string[]): Promise<string> {
  const env = { ...process.env, PPROF_TMPDIR: folder, HOME: folder };
  const { stdout, stderr } = await promisify(execFile)("go", ["tool", "pprof", ...args], { env, maxBuffer: 2 ** 26 });
  assert.not.match(stderr, /symboliz|warning|mapping|fail/i);
  return stdout;
}

/** Functions of our sources in what `go tool pprof -raw` prints: `name src/web/app.ts:28 s=28`. */
function ownFunctions(raw: string) {
  return [...raw.matchAll(/^ *\d+: 0x[0-9a-f]+ M=1 (.+) (\S*src\/\S+\.ts):(\d+)(?::\d+)? s=(\d+)/gm)].map(
    ([, name = "", file = "", line, start]) => ({
      name,
      file: file.slice(file.lastIndexOf("src/")),
      line: Number(line),
      start: Number(start),
    }),
  );
}

withGo("go tool pprof reads each profile: functions, files and lines are those of the sources", async () => {
  await withFolder((folder) =>
    withFree(async ({ url }) => {
      for (const [kind, type, unit] of [
        ["profile", "samples/count cpu/nanoseconds", "cpu"],
        ["trace", "samples/count cpu/nanoseconds", "cpu"],
        ["allocs", "alloc_space/bytes", "alloc_space"],
        ["heap", "inuse_space/bytes", "inuse_space"],
      ] as const) {
        const taking = goPprof(folder, "-raw", `-output=${folder}/${kind}`, `${url}/debug/pprof/${kind}?seconds=1`);
        await scrapeDuring(url, taking);
        const raw = readFileSync(join(folder, kind), "utf8");
        assert.ok(raw.includes(`\nSamples:\n${type}\n`), raw.slice(0, 300));
        const found = ownFunctions(raw);
        if (kind !== "heap") assert.ok(found.length > 3, `${kind}: ${raw}`);
        for (const { name, file, line, start } of found) {
          const said = readFileSync(join(ROOT, file), "utf8").split("\n")[line - 1] ?? "";
          // In the bundle, names that two files have get a number.
          const bare = name.replace(/^.*[. ]/, "").replace(/\d+$/, "");
          assert.is(line, start);
          if (!name.startsWith("(anonymous")) assert.ok(said.includes(bare), `${name} at ${file}:${line}: ${said}`);
        }
        if (kind === "trace") assert.match(raw, /time:\[\d+ nanoseconds\]/);
        const saved = readdirSync(folder).find((name) => name.includes(unit));
        const top = await goPprof(folder, "-top", join(folder, saved ?? ""));
        assert.match(top, new RegExp(`^File: (node|memory_exporter)\nType: ${unit}\n`));
      }
    }),
  );
});

onNode("while a profile is taken scrapes are answered, and another profile is refused", () =>
  withFree(async (exporter) => {
    const { url, log } = exporter;
    const gone = new AbortController();
    let over = false;
    const first = ask(`${url}/debug/pprof/profile?seconds=60`, { signal: gone.signal }).catch(() => {
      over = true;
    });
    await untilUnderWay(exporter, 1);
    for (const kind of KINDS) {
      const { status, text } = await ask(`${url}/debug/pprof/${kind}?seconds=1`);
      assert.equal([status, text], [409, "Another profile is being taken, try again later.\n"]);
      assert.is(sampleOf(await scrape(url), "memory_up"), 1);
    }
    assert.is(over, false);
    gone.abort();
    await first;
    // It ended with the client that had asked for it: a minute isn't over.
    await nextProfile(exporter, "heap");
    assert.not.match(log(), /level=ERROR/);
  }),
);

onNode("a profile comes as a file of its name", () =>
  withFree(async ({ url }) => {
    const { status, headers } = await ask(`${url}/debug/pprof/profile?seconds=1`);
    assert.equal([status, headers["content-type"]], [200, "application/octet-stream"]);
    assert.is(headers["content-disposition"], 'attachment; filename="profile"');
  }),
);

onNode("a profile doesn't hold up the stop", () =>
  withFree(async (exporter) => {
    const { url, kill, ended } = exporter;
    const profile = ask(`${url}/debug/pprof/profile?seconds=60`).catch(() => undefined);
    await untilUnderWay(exporter, 1);
    kill("SIGTERM");
    assert.equal(await ended, { code: 0, signal: null });
    await profile;
  }),
);

test.run();
