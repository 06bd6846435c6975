import { connect } from "node:net";
import { withExporter } from "../../test/exporter.ts";
import { productOf } from "../../test/forms.ts";
import { ask } from "../../test/http.ts";
import { PRINT_FREE, until, withPrograms } from "../../test/stand_in.ts";
import type { Report } from "../report.ts";
import { markdown, quantile } from "../table.ts";

const TIMEOUT_MS = 500;
/** A `free` that hangs after the first run, ignores signals, and has children that hold its pipes. */
const HANGS = `test -e "$0.began" && { trap '' TERM; setsid sleep 1000 & sleep 1000 & exec sleep 1000; }; touch "$0.began"; ${PRINT_FREE}`;

/** Delay of the answer for a command that hangs, and duration of the stop with a hanging command and a hanging client. */
export async function deadlines(_: unknown, rounds: number): Promise<Report> {
  const lateMs: number[] = [];
  const stopMs: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    await withPrograms({ free: HANGS }, (env) => {
      const args = ["--command=exec free -b -w", `--command.timeout=${TIMEOUT_MS}ms`];
      return withExporter({ env, args, product: productOf("executable") }, async ({ url, kill, ended }) => {
        await until("the first run", async () => (await ask(`${url}/-/ready`)).status === 200);
        const began = performance.now();
        await ask(`${url}/metrics`);
        lateMs.push(performance.now() - began - TIMEOUT_MS);
        const hanging = connect(Number(new URL(url).port), "127.0.0.1").on("error", () => {});
        hanging.write("GET /metrics HTTP/1.1\r\nHost: x\r\nX-Half:");
        const scrape = ask(`${url}/metrics`).catch(() => undefined);
        await ask(`${url}/-/healthy`);
        const asked = performance.now();
        kill("SIGTERM");
        await ended;
        stopMs.push(performance.now() - asked);
        hanging.destroy();
        await scrape;
      });
    });
  }
  const row = (name: string, all: readonly number[]) => [
    name,
    quantile(all, 0.5).toFixed(0),
    Math.max(...all).toFixed(0),
  ];
  return {
    title: "Deadlines",
    how: `A command that hangs, ignores SIGTERM and has children, with a timeout of ${TIMEOUT_MS} ms; then SIGTERM while it runs and a client is silent.`,
    table: markdown(["", "median, ms", "worst, ms"], [row("answer after the timeout", lateMs), row("stop", stopMs)]),
    aims: [
      { what: "answer after the timeout", bound: 500, value: Math.max(...lateMs), unit: " ms" },
      { what: "stop with a command and a client that hang", bound: 5000, value: Math.max(...stopMs), unit: " ms" },
    ],
  };
}
