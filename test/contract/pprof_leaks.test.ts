import { readdirSync, readFileSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { abandonProfile, KINDS, nextProfile, withFree } from "../debug.ts";
import { until } from "../stand_in.ts";

test("memory, descriptors and threads stay as they are, profile after profile", () =>
  withFree(async (exporter) => {
    const { pid } = exporter;
    const residentKiB = () => Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]);
    const openCount = () => readdirSync(`/proc/${pid}/fd`).length;
    const threadCount = () => readdirSync(`/proc/${pid}/task`).length;
    const round = async () => {
      for (const kind of KINDS) {
        await abandonProfile(exporter, kind);
        await nextProfile(exporter, kind);
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
  }));

test.run();
