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
        const paths = [
          "",
          "metrics",
          "-/healthy",
          "-/ready",
          "probe?command=free",
          "probe",
          "discovery",
          "debug/commands",
        ];
        for (const path of [...paths, "debug/pprof/", "favicon.ico"]) {
          for (const agent of ["Prometheus/3.1.0", "Mozilla/5.0 (X11)"])
            await ask(`${url}/${path}`, { headers: { "User-Agent": agent } });
        }
        await ask(`${url}/metrics`, { method: "DELETE" });
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
