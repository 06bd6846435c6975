import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { ask } from "./http.ts";
import { withServer } from "./servers.ts";
import { needs } from "./tools.ts";

/** Whether there is a Prometheus to scrape with. */
export const hasPrometheus = needs("prometheus", "--version");

export type PrometheusOptions = {
  /** `prometheus`, the one of this machine, unless told otherwise: `PROMETHEUS_3` of test/servers.ts is another. */
  readonly program?: string;
  /** Further flags, as `--web.enable-remote-write-receiver`. */
  readonly args?: readonly string[];
};

/** Runs a Prometheus on a free port with a configuration and a data folder of its own, and ends it. */
export async function withPrometheus(
  config: string,
  folder: string,
  use: (api: string, log: () => string) => Promise<void>,
  { program = "prometheus", args = [] }: PrometheusOptions = {},
) {
  writeFileSync(join(folder, "prometheus.yml"), config);
  const own = [`--config.file=${folder}/prometheus.yml`, `--storage.tsdb.path=${folder}/data`];
  const kind = {
    program,
    args: (listen: string) => [...own, `--web.listen-address=${listen}`, ...args],
    ready: "/-/ready",
  };
  await withServer(kind, ({ url, log }) => use(`${url}/api/v1`, log), folder);
}

/** The value of an expression that has one series, as Prometheus writes it. */
export async function answerOf(api: string, expression: string): Promise<string | undefined> {
  const reply = await ask(`${api}/query?query=${encodeURIComponent(expression)}`).catch(() => undefined);
  if (reply?.status !== 200) return undefined;
  return JSON.parse(reply.text).data.result[0]?.value?.[1];
}
