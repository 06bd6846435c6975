import { spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { askTwiceToStop, type Exporter, withExporter } from "../exporter.ts";
import { form, productOf } from "../forms.ts";
import { ask } from "../http.ts";
import { until, withPrograms } from "../stand_in.ts";
import { needs } from "../tools.ts";
import { hierarchyOf } from "./cgroups.ts";
import { killMarked, marked } from "./watch.ts";

/** The exporter's own end while a command runs: what outlives it, as the table of docs/commands.md says. */

const PROGRAMS = join(import.meta.dirname, "programs");
/** A survivor stays for so long. Too short on a busy machine, it hides a late end and makes none. */
const AFTER_MS = 300;
/** A guard against hanging alone. */
const ENDS_WITHIN_MS = 180_000;

type End = {
  readonly how: (exporter: Exporter) => Promise<void> | void;
  /** The exit code; undefined where the runtime decides. */
  readonly code?: number;
  /** Whether the exporter gets to kill what it has started. */
  readonly orderly: boolean;
  readonly product?: readonly string[];
};

const [runtime = "", ...words] = productOf(form);
const UNCAUGHT = join(import.meta.dirname, "uncaught.ts");

const ENDS: Readonly<Record<string, End>> = {
  SIGTERM: { how: ({ kill }) => kill("SIGTERM"), code: 0, orderly: true },
  "a second signal": { how: askTwiceToStop, code: 1, orderly: true },
  SIGKILL: { how: ({ kill }) => kill("SIGKILL"), orderly: false },
  // The executable has no place for a fault: it is the same code.
  ...(form !== "executable" && {
    "an uncaught error": {
      how: ({ kill }) => kill("SIGUSR2"),
      code: 70,
      orderly: true,
      product: [runtime, ...words.slice(0, -1), UNCAUGHT, words.at(-1) ?? ""],
    },
  }),
  ...(needs("prlimit", "--version") && { "no memory": { how: takeMemory, orderly: false } }),
};

/** Connections that are held: what each takes from the exporter makes it need more memory than it has. */
const HELD = 400;

/** Lets the exporter have no more memory than it has, and makes it need some until it ends. */
async function takeMemory({ pid, url, ended }: Exporter): Promise<void> {
  const kilobytes = Number(/^VmData:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "latin1"))?.[1]);
  spawnSync("prlimit", [`--pid=${pid}`, `--data=${kilobytes * 1024}`]);
  let alive = true;
  void ended.then(() => {
    alive = false;
  });
  const { hostname, port } = new URL(url);
  const held = Array.from({ length: HELD }, () => {
    const socket = connect(Number(port), hostname).on("error", () => {});
    socket.write(`GET /${"x".repeat(15_000)}`);
    return socket;
  });
  const path = `/${"x".repeat(4000)}`;
  const askFor = async () => {
    while (alive) await ask(`${url}${path}`).catch(() => {});
  };
  void Promise.all(Array.from({ length: 20 }, askFor));
  await until("its end", () => !alive, ENDS_WITHIN_MS).finally(() => {
    alive = false;
    for (const socket of held) socket.destroy();
  });
}

/** Commands that don't end, and how many processes of each carry the mark. */
const FAMILY = { "daemon-and-hangs": 3, "clean-daemon": 2 } as const;

/** Ends an exporter whose command runs and has started others. So many of them must outlive it. */
async function checkSurvivors(
  program: keyof typeof FAMILY,
  { how, code, product }: End,
  args: readonly string[],
  wanted: number,
): Promise<void> {
  const mark = `torture-${randomUUID()}`;
  const free = `exec '${join(PROGRAMS, program)}' ${mark}`;
  const flags = ["--command=exec free -b -w", "--command.timeout=1h", ...args];
  try {
    await withPrograms({ free }, (env) =>
      withExporter({ args: flags, env: { ...env, LOGNAME: mark }, ...(product && { product }) }, async (exporter) => {
        await until("the command", () => sleeping(mark, exporter.pid) === FAMILY[program]);
        await how(exporter);
        const end = await exporter.ended;
        if (code !== undefined) assert.is(end.code, code);
        // What it has killed is gone a moment later; what it has not stays.
        await until(`${wanted} processes`, () => sleeping(mark, exporter.pid) === wanted);
        await sleep(AFTER_MS);
        assert.is(sleeping(mark, exporter.pid), wanted);
      }),
    );
  } finally {
    killMarked(mark);
  }
}

/** How many of a command's processes have come to where they stay. */
function sleeping(mark: string, exporter: number): number {
  return marked(mark, [exporter]).filter(({ line }) => /^(?:\/bin\/sh -c |\/usr\/bin\/perl -e )?sleep 600/.test(line))
    .length;
}

const DIE = "--command.die-with-exporter";

for (const [name, end] of Object.entries(ENDS)) {
  test(`${name}: ${end.orderly ? "nothing outlives it" : "what runs goes on"}`, async () => {
    await checkSurvivors("daemon-and-hangs", end, [], end.orderly ? 0 : FAMILY["daemon-and-hangs"]);
  });
  test(`${name}, ${DIE}: nothing outlives it`, async () => {
    await checkSurvivors("daemon-and-hangs", end, [DIE], 0);
  });
}

const SIGKILL: End = { how: ({ kill }) => kill("SIGKILL"), orderly: false };

// Told by the limit that it was started with, which needs the C library.
test(`SIGKILL, ${DIE}: no stranger outlives it where orphans are adopted`, async () => {
  await checkSurvivors("clean-daemon", SIGKILL, [DIE], form === "source-fork" ? 1 : 0);
});

const KINDS = [
  ...(needs("unshare", "--pid", "--fork", "--kill-child", "true") ? ["pidns"] : []),
  ...(hierarchyOf("kill") ? ["cgroup"] : []),
];
for (const kind of KINDS) {
  test(`SIGKILL, ${DIE}, isolated by ${kind}: no stranger outlives it`, async () => {
    await checkSurvivors("clean-daemon", SIGKILL, [DIE, `--command.isolate=${kind}`], 0);
  });
}

test.run();
