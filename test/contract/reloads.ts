import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as assert from "uvu/assert";
import { type Exporter, sampleOf, withExporter } from "../exporter.ts";
import { ask, type Reply, scrape } from "../http.ts";
import { until, withFolder } from "../stand_in.ts";

export const command = (name: string, line: string, more = "") =>
  `  - {name: ${name}, command: '${line}', parser: {format: regex, pattern: "(?P<v>[0-9]+)"}, metrics: [{name: x_${name}, help: h, value: v}]${more}}\n`;
export const config = (...commands: readonly string[]) => `commands:\n${commands.join("")}`;

type Scene = Exporter & { readonly write: (content: string) => void; readonly folder: string };

export function withReloads(content: string, use: (scene: Scene) => Promise<void>) {
  return withFolder(async (folder) => {
    const write = (text: string) => writeFileSync(join(folder, "a.yml"), text.replaceAll("FOLDER", folder));
    write(content);
    await withExporter({ args: [`--config.file=${join(folder, "a.yml")}`] }, (exporter) =>
      use({ ...exporter, write, folder }),
    );
  });
}

export const reload = (url: string): Promise<Reply> => ask(`${url}/-/reload`, { method: "POST" });

/** How many descriptors a process has open; undefined where the system doesn't tell. */
export function openDescriptorsOf(pid: number): number | undefined {
  try {
    return readdirSync(`/proc/${pid}/fd`).length;
  } catch {
    return undefined;
  }
}

/** Reloads as often under load. How much memory that takes is up to the collector of garbage; descriptors and children are counted. */
export function reloadsLeaveNothing(times: number): Promise<void> {
  return withReloads(
    config(command("a", "echo 1"), command("b", "echo 2", ", interval: 50ms, max_age: 1h")),
    async ({ url, write, pid }) => {
      await scrape(url);
      const before = openDescriptorsOf(pid);
      let isOver = false;
      const load = (async () => {
        while (!isOver) assert.is(sampleOf(await scrape(url), "memory_up"), 1);
      })();
      for (let round = 0; round < times; round += 1) {
        write(config(command("a", `echo ${round}`), command("b", "echo 2", ", interval: 50ms, max_age: 1h")));
        assert.is((await reload(url)).status, 200);
      }
      isOver = true;
      await load;
      const page = await scrape(url);
      assert.is(sampleOf(page, "x_a"), times - 1);
      assert.is(sampleOf(page, "memory_exporter_zombie_processes"), 0);
      // Connections of the load may take a moment to close.
      if (before !== undefined) await until("its descriptors", () => (openDescriptorsOf(pid) ?? 0) <= before + 2);
    },
  );
}
