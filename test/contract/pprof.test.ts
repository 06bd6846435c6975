import { execFile } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { get } from "node:http";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { KINDS, withFree } from "../debug.ts";
import { sampleOf } from "../exporter.ts";
import { form } from "../forms.ts";
import { ask, scrape } from "../http.ts";
import { until, withFolder } from "../stand_in.ts";
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

/** Scrapes for as long as something takes. Resolves to how many scrapes were answered by then. */
async function scrapeDuring(url: string, taking: Promise<unknown>): Promise<number> {
  let over = false;
  let answered = 0;
  const end = taking.finally(() => {
    over = true;
  });
  while (!over) {
    assert.is(sampleOf(await scrape(url), "memory_up"), 1);
    answered += 1;
  }
  await end;
  return answered;
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

onNode("scrapes are answered while a profile is taken", async () => {
  await withFree(async ({ url }) => {
    const answered = await scrapeDuring(url, ask(`${url}/debug/pprof/profile?seconds=3`));
    // The last of them may have waited for the end of the profile.
    assert.ok(answered > 2, `${answered} scrapes`);
  });
});

/** Asks for a profile of a minute and goes away after a while. */
async function abandon(url: string, milliseconds: number): Promise<void> {
  const sent = get(url, { agent: false });
  sent.on("error", () => {});
  await sleep(milliseconds);
  sent.destroy();
}

/** Resolves when no profile is being taken, with one of a second. */
async function nextProfile(url: string, kind: string): Promise<void> {
  await until("a profile that isn't refused", async () => {
    const { status } = await ask(`${url}/debug/pprof/${kind}?seconds=1`);
    assert.ok(status === 200 || status === 409, `${status}`);
    return status === 200;
  });
}

onNode("there is one profile at a time, and none for a client that went away", async () => {
  await withFree(async ({ url, log }) => {
    const first = ask(`${url}/debug/pprof/profile?seconds=2`);
    await sleep(500);
    for (const kind of KINDS) {
      const { status, text } = await ask(`${url}/debug/pprof/${kind}?seconds=1`);
      assert.equal([status, text], [409, "Another profile is being taken: there is one at a time.\n"]);
    }
    const { status, headers } = await first;
    assert.equal([status, headers["content-type"]], [200, "application/octet-stream"]);
    assert.is(headers["content-disposition"], 'attachment; filename="profile"');
    await abandon(`${url}/debug/pprof/heap?seconds=60`, 500);
    await nextProfile(url, "heap");
    assert.not.match(log(), /level=ERROR/);
  });
});

onNode("memory and descriptors stay as they are, profile after profile", async () => {
  await withFree(async ({ url, pid }) => {
    const residentKiB = () => Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]);
    const openCount = () => readdirSync(`/proc/${pid}/fd`).length;
    const threadCount = () => readdirSync(`/proc/${pid}/task`).length;
    const round = async () => {
      for (const kind of KINDS) {
        await abandon(`${url}/debug/pprof/${kind}?seconds=10`, 200);
        await nextProfile(url, kind);
      }
    };
    const residentAfter = async (rounds: number) => {
      const resident: number[] = [];
      for (let i = 0; i < rounds; i += 1) {
        await round();
        resident.push(residentKiB());
      }
      return resident;
    };
    // It goes up and down by some 30 MiB from one profile to the next: a leak lifts the least above what was the most.
    const most = Math.max(...(await residentAfter(3)));
    const [opened, threads] = [openCount(), threadCount()];
    const grown = Math.min(...(await residentAfter(3))) - most;
    assert.ok(grown < 24 * 1024, `${grown} KiB more than ${most}`);
    await until("no more descriptors than before", () => openCount() <= opened);
    await until("no more threads than before", () => threadCount() <= threads);
  });
});

onNode("a profile doesn't hold up the stop", async () => {
  await withFree(async ({ url, kill, ended }) => {
    const profile = ask(`${url}/debug/pprof/profile?seconds=60`).catch(() => undefined);
    await sleep(500);
    kill("SIGTERM");
    assert.equal(await ended, { code: 0, signal: null });
    await profile;
  });
});

test.run();
