import { randomUUID } from "node:crypto";
import { globSync, realpathSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { type RunOptions, run, sampleOf, withExporter } from "../exporter.ts";
import { PRINT_FREE, until, withFolder, withPrograms } from "../stand_in.ts";
import { needs } from "../tools.ts";
import { hierarchyOf } from "./cgroups.ts";
import { killMarked, marked } from "./watch.ts";

/** What contains a command, where it is there and where it isn't. What it holds is in escapes.test.ts. */

const NAMESPACED = ["unshare", "--pid", "--fork", "--kill-child", "true"] as const;
const pidns = needs(NAMESPACED[0], ...NAMESPACED.slice(1)) ? test : test.skip;
const hierarchy = hierarchyOf("kill");
const cgroup = hierarchy ? test : test.skip;
/** A mount namespace of its own, in which things can be taken away. */
const mountable = needs("unshare", "--mount", "true");

function once(kind: string, options: RunOptions = {}) {
  return run({ ...options, args: ["once", `--command.isolate=${kind}`, ...(options.args ?? [])] });
}

for (const [kind, known] of [
  ["none", test],
  ["pidns", pidns],
  ["cgroup", cgroup],
] as const) {
  known(`${kind}: the preset's own command works`, async () => {
    const { code, stdout, stderr } = await once(kind);
    assert.is(code, 0, stderr);
    assert.is(sampleOf(stdout, "memory_up"), 1);
    assert.is(sampleOf(stdout, "memory_exporter_child_processes"), 0);
  });

  known(`${kind}: an exit status comes through`, async () => {
    await withPrograms({ free: `${PRINT_FREE}; exit 3` }, async (env) => {
      const { stdout, stderr } = await once(kind, { env, args: ["--command=free -b -w"] });
      assert.is(sampleOf(stdout, 'memory_exporter_command_runs_total{command="free",outcome="exit"}'), 1);
      assert.match(stderr, /exit status 3/);
    });
  });
}

cgroup("what an exporter that was killed has left of its cgroups, the next one takes away", async () => {
  const mark = `torture-${randomUUID()}`;
  let exporter = 0;
  const cgroups = () => globSync(`${hierarchy?.root}/**/memory_exporter-${exporter}`);
  await withPrograms({ free: "exec sleep 600" }, async (env) => {
    const args = ["--command=exec free -b -w", "--command.isolate=cgroup"];
    await withExporter({ args, env: { ...env, LOGNAME: mark } }, async ({ pid, kill, ended }) => {
      exporter = pid;
      await until("the command", () => marked(mark, [pid]).some(({ line }) => line.startsWith("sleep")));
      kill("SIGKILL");
      await ended;
    });
    assert.is(cgroups().length, 1);
    killMarked(mark);
    await until("the end of the command", () => marked(mark, []).length === 0);
    assert.is((await once("cgroup")).code, 0);
    assert.equal(cgroups(), []);
  });
});

/** Runs the product where something is missing; it must refuse to start, in one line. */
async function refuses(kind: string, takeAway: string, reason: RegExp, args: readonly string[] = []): Promise<void> {
  const under = ["unshare", "--mount", "/bin/sh", "-c", `${takeAway} && exec "$@"`, "sh"];
  const { code, stdout, stderr } = await once(kind, { under, args });
  assert.equal([code, stdout], [1, ""]);
  const [line = "", ...more] = stderr.split("\n");
  assert.equal(more, [""]);
  const prefix = `memory_exporter: error: --command.isolate: found "${kind}", which isn't available here: `;
  assert.is(line.slice(0, prefix.length), prefix);
  assert.match(line.slice(prefix.length), reason);
}

(mountable ? test : test.skip)("pidns without unshare(1) is refused in one line", () =>
  refuses("pidns", `mount --bind /dev/null ${realpathSync("/usr/bin/unshare")}`, /^unshare is not installed$/),
);

(mountable ? test : test.skip)("it is refused once, not for each command of a configuration", () =>
  withFolder((folder) => {
    const file = join(folder, "a.yml");
    writeFileSync(file, "commands:\n  - {name: a, preset: free}\n  - {name: b, preset: oom}\n");
    const takeAway = `mount --bind /dev/null ${realpathSync("/usr/bin/unshare")}`;
    return refuses("pidns", takeAway, /^unshare is not installed$/, [`--config.file=${file}`]);
  }),
);

(mountable && hierarchy ? test : test.skip)("cgroup without its hierarchy is refused in one line", () =>
  refuses("cgroup", `umount -l ${hierarchy?.root}`, /^the cgroup v2 hierarchy is not mounted$/),
);

(mountable && hierarchy ? test : test.skip)(
  "cgroup in a hierarchy that can't be written to is refused in one line",
  () => refuses("cgroup", `mount -o remount,bind,ro ${hierarchy?.root}`, /the file system is read-only/),
);

test("a kind that isn't known is refused in one line", async () => {
  const { code, stderr } = await once("jail");
  assert.is(code, 1);
  assert.is(
    stderr,
    'memory_exporter: error: --command.isolate: found "jail", wanted one of none, pidns, cgroup, try --help\n',
  );
});

test.run();
