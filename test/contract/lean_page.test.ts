import { test } from "uvu";
import * as assert from "uvu/assert";
import { withExporter } from "../exporter.ts";
import { ask, scrape } from "../http.ts";
import { PRINT_FREE, withPrograms } from "../stand_in.ts";

test("a default page has at most 60 series, also after some use; --web.exporter-metrics=all and none have more and less", async () => {
  await withPrograms({ free: PRINT_FREE }, async (env) => {
    const series = async (level?: string) => {
      const args = ["--web.enable-debug", ...(level === undefined ? [] : [`--web.exporter-metrics=${level}`])];
      return withExporter({ env, args }, async ({ url }) => {
        const asked = [
          ["-/ready", "kube-probe/1.31"],
          ["metrics", "Prometheus/3.1.0"],
          ["", "Mozilla/5.0 (X11)"],
          ["-/healthy", "kube-probe/1.31"],
          ["debug/commands", "Mozilla/5.0 (X11)"],
          ["probe?command=free", "Prometheus/3.1.0"],
          ["discovery", "Prometheus/3.1.0"],
          ["metrics", "curl/7.88.1"],
        ] as const;
        for (const [path, agent] of asked) await ask(`${url}/${path}`, { headers: { "User-Agent": agent } });
        const page = await scrape(url, { "User-Agent": "Prometheus/3.1.0" });
        return page.split("\n").filter((line) => line !== "" && !line.startsWith("#")).length;
      });
    };
    const lean = await series();
    assert.ok(lean <= 60, `${lean} series`);
    assert.is(await series("lean"), lean);
    assert.ok((await series("all")) > 100);
    // Eleven families of free, memory_up among them, and build info.
    assert.is(await series("none"), 12);
  });
});

test.run();
