import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { collect } from "./exporter.ts";
import { ask } from "./http.ts";
import { needs } from "./tools.ts";

/** Whether there is a Prometheus to scrape with. */
export const hasPrometheus = needs("prometheus", "--version");

/** A port that nobody has at this moment. */
export function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer();
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}

/** Runs a Prometheus with a configuration and a data folder of its own, and ends it. */
export async function withPrometheus(
  config: string,
  folder: string,
  use: (api: string, log: () => string) => Promise<void>,
) {
  const listen = `127.0.0.1:${await freePort()}`;
  writeFileSync(join(folder, "prometheus.yml"), config);
  const args = [
    `--config.file=${folder}/prometheus.yml`,
    `--storage.tsdb.path=${folder}/data`,
    `--web.listen-address=${listen}`,
  ];
  const child = spawn("prometheus", args, { cwd: folder, stdio: ["ignore", "ignore", "pipe"] });
  const log = collect(child.stderr);
  const ended = new Promise((resolve) => child.once("exit", resolve));
  try {
    await use(`http://${listen}/api/v1`, log);
  } finally {
    child.kill("SIGTERM");
    const timer = setTimeout(() => child.kill("SIGKILL"), 10_000);
    await ended;
    clearTimeout(timer);
  }
}

/** The value of an expression that has one series, as Prometheus writes it. */
export async function answerOf(api: string, expression: string): Promise<string | undefined> {
  const reply = await ask(`${api}/query?query=${encodeURIComponent(expression)}`).catch(() => undefined);
  if (reply?.status !== 200) return undefined;
  return JSON.parse(reply.text).data.result[0]?.value?.[1];
}
