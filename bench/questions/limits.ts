import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { productOf } from "../../test/forms.ts";
import { withFolder } from "../../test/stand_in.ts";
import { open } from "../client.ts";
import type { Report } from "../report.ts";
import { type Server, withServer } from "../server.ts";
import { markdown, quantile } from "../table.ts";

const MEBIBYTES = [32, 48, 64, 96, 128, 192] as const;
const SCRAPES = 30;
const PAUSE_MS = 100;

type Controller = { readonly root: string; readonly limit: string; readonly peak: string };

/** A memory controller: of version 1, or of version 2 where this process may use it. */
const CONTROLLERS: readonly Controller[] = [
  { root: "/sys/fs/cgroup/memory", limit: "memory.limit_in_bytes", peak: "memory.max_usage_in_bytes" },
  { root: "/sys/fs/cgroup", limit: "memory.max", peak: "memory.peak" },
];

/**
 * Scrapes of an exporter with a memory limit, which includes the pages of its file and its commands: latency, major page faults, and
 * whether the kernel killed it.
 */
export async function limits(): Promise<Report> {
  const controller = CONTROLLERS.find(({ root, limit }) => usable(root, limit));
  const rows: string[][] = [];
  if (controller) for (const mebibytes of MEBIBYTES) rows.push(await scrapesWithin(mebibytes, controller));
  return {
    title: "Memory limits",
    how: `${SCRAPES} scrapes in a memory control group of its own, ${PAUSE_MS} ms apart. The file of the program is not in memory before.`,
    table: controller
      ? markdown(
          ["limit, MiB", "first scrape, ms", "p50, ms", "worst, ms", "pages read again a scrape", "most used, MiB"],
          rows,
        )
      : "Left out: no memory controller can be used here.",
    aims: [],
  };
}

function usable(root: string, limit: string): boolean {
  const group = join(root, `memory_exporter-bench-${process.pid}`);
  try {
    mkdirSync(group);
    return existsSync(join(group, limit));
  } catch {
    return false;
  } finally {
    if (existsSync(group)) rmdirSync(group);
  }
}

async function scrapesWithin(mebibytes: number, { root, limit, peak }: Controller): Promise<string[]> {
  const group = join(root, `memory_exporter-bench-${process.pid}`);
  mkdirSync(group);
  writeFileSync(join(group, limit), `${mebibytes * 2 ** 20}`);
  try {
    return await withFolder((folder) => {
      const program = coldCopy(folder);
      const enter = `echo 0 >${group}/cgroup.procs && exec "$@"`;
      const argv = (port: number) =>
        ["/bin/sh", "-c", enter, "sh", program, `--web.listen-address=127.0.0.1:${port}`] as const;
      return withServer(
        { name: "memory_exporter", argv: (port) => [...argv(port)], path: "/metrics" },
        async (server) => {
          const { tookMs, faults } = await scrape(server);
          const used = Number(readFileSync(join(group, peak), "latin1")) / 2 ** 20;
          return [
            `${mebibytes}`,
            server.startMs.toFixed(0),
            quantile(tookMs, 0.5).toFixed(1),
            Math.max(...tookMs).toFixed(0),
            (faults / SCRAPES).toFixed(0),
            used.toFixed(0),
          ];
        },
      );
    }).catch((error) => [`${mebibytes}`, String(error instanceof Error ? error.message : error), "", "", "", ""]);
  } finally {
    await emptied(group);
  }
}

/** A copy of the executable that isn't in the page cache, so that its pages are charged to the process that reads them. */
function coldCopy(folder: string): string {
  const copy = join(folder, "memory_exporter");
  copyFileSync(productOf("executable")[0], copy);
  spawnSync("sync", [copy]);
  spawnSync("dd", [`if=${copy}`, "iflag=nocache", "count=0"]);
  return copy;
}

async function scrape({ port, path, pid }: Server) {
  const connection = await open(port);
  const tookMs: number[] = [];
  const before = majorFaults(pid);
  for (let done = 0; done < SCRAPES; done += 1) {
    await sleep(PAUSE_MS);
    const began = performance.now();
    await connection.get(path);
    tookMs.push(performance.now() - began);
  }
  connection.close();
  return { tookMs, faults: majorFaults(pid) - before };
}

/** Major page faults of a process (proc_pid_stat(5)). */
function majorFaults(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
  return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[9]);
}

async function emptied(group: string): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    try {
      return rmdirSync(group);
    } catch {
      await sleep(20);
    }
  }
}
