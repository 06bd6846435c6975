import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Containment } from "../../src/command/containment.ts";
import { controlGroups } from "../../src/command/control_group.ts";
import { until } from "../stand_in.ts";
import { hierarchyOf, membersOf } from "../torture/cgroups.ts";
import { lives, type Shell, STAY, withShell } from "./shells.ts";

const available = hierarchyOf("kill") !== undefined;
const contained = available ? test : test.skip;

function groups(): Containment {
  const found = controlGroups();
  if (typeof found === "string") throw new Error(found);
  return found;
}

/** The directory of a run. */
const directoryOf = (containment: Containment, marker: string) => dirname(containment.killFile(marker) ?? "");

/** Leaves group, session and environment. Its number is printed. */
const DAEMON = 'env -i setsid sh -c "echo \\$\\$; exec sleep 600" &';

/** Runs a line in a cgroup of its own, which is cleared after the use. */
async function withRun(line: string, use: (shell: Shell, held: Containment, marker: string) => Promise<void>) {
  const containment = groups();
  const marker = `${crypto.randomUUID()}.1.`;
  const argv = containment.wrap(["/bin/sh", "-c", line], marker);
  if (typeof argv === "string") throw new Error(argv);
  const directory = directoryOf(containment, marker);
  try {
    await withShell(argv, (shell) => use(shell, containment, marker));
  } finally {
    await containment.clear({ leader: 0, marker, groupKilled: false });
    assert.not.ok(existsSync(directory));
  }
}

test("controlGroups() says in one line why it isn't available", () => {
  const found = controlGroups();
  if (typeof found === "string") assert.match(found, /^\S[^\n]*$/);
  else assert.type(found.killFile("marker"), "string");
});

contained("a command begins inside its cgroup, and keeps its output, its status and its words", () =>
  withRun("grep ^0:: /proc/self/cgroup; exit 7", async ({ said, ended }, _held, marker) => {
    assert.equal(await ended, { code: 7, signal: null });
    await until("where it is", () => said().endsWith("\n"));
    assert.ok(said().trim().endsWith(`/memory_exporter-${process.pid}/${marker}`), said());
  }),
);

contained("kill() kills what left its group, its session and its environment, and no other run", () =>
  withRun(STAY, (other) =>
    withRun(`${DAEMON} ${STAY}`, async ({ said, ended }, held, marker) => {
      await until("the daemon", () => said() !== "");
      const daemon = Number(said());
      held.kill(marker);
      assert.equal(await ended, { code: null, signal: "SIGKILL" });
      await until("its end", () => !lives(daemon));
      assert.ok(lives(other.pid));
    }),
  ),
);

contained("clear() kills what outlived the command, counts it, and takes the cgroup away", () =>
  withRun(`${DAEMON} ${DAEMON} exit 0`, async ({ pid, said, ended }, held, marker) => {
    await ended;
    await until("two daemons", () => said().split("\n").length === 3);
    assert.is(await held.clear({ leader: pid, marker, groupKilled: false }), 2);
    assert.not.ok(existsSync(dirname(directoryOf(held, marker))));
    for (const daemon of said().split("\n").filter(Boolean)) assert.not.ok(lives(Number(daemon)));
    assert.is(await held.clear({ leader: pid, marker, groupKilled: false }), 0);
  }),
);

contained("clear() doesn't count members of a group that was killed with its command", () =>
  withRun(`sleep 600 & ${DAEMON} ${STAY}`, async ({ pid, said }, held, marker) => {
    await until("all three", () => said() !== "" && membersOf(directoryOf(held, marker)).length === 3);
    // Nothing was killed yet: what is of the group is told by its number.
    assert.is(await held.clear({ leader: pid, marker, groupKilled: true }), 1);
  }),
);

contained("wrap() says in one line why a cgroup can't be made", () => {
  const reason = groups().wrap(["/bin/true"], "a\0b");
  assert.type(reason, "string");
  assert.match(String(reason), /^\S[^\n]*$/);
});

contained("controlGroups() takes away what exporters that are gone left, and leaves what one that lives has", () =>
  withShell(STAY, async ({ pid, ended }) => {
    const own = dirname(dirname(directoryOf(groups(), "marker")));
    const parent = join(own, `memory_exporter-${pid}`);
    mkdirSync(join(parent, "a.1."), { recursive: true });
    mkdirSync(join(parent, "a.2."));
    groups();
    assert.ok(existsSync(join(parent, "a.1.")));
    process.kill(pid, "SIGKILL");
    await ended;
    groups();
    assert.not.ok(existsSync(parent));
  }),
);

contained("controlGroups() doesn't mind another exporter that takes away the same", async () => {
  const own = dirname(dirname(directoryOf(groups(), "marker")));
  // No process has such a number.
  for (let n = 5_000_100; n < 5_000_500; n++) mkdirSync(join(own, `memory_exporter-${n}`, "a.1."), { recursive: true });
  // From the other end, so that they meet.
  const other = 'LC_ALL=C ls -dr "$0"/memory_exporter-5000* "$0"/memory_exporter-5000*/a.1. | xargs rmdir 2>/dev/null';
  await withShell(["/bin/sh", "-c", other, own], async ({ ended }) => {
    await until("the first to go", () => !existsSync(join(own, "memory_exporter-5000499")));
    groups();
    await ended;
  });
  assert.equal(
    readdirSync(own).filter((name) => name.startsWith("memory_exporter-5000")),
    [],
  );
});

test.run();
