import { type Exporter, type RunOptions, withExporter } from "./exporter.ts";
import { ask } from "./http.ts";
import { PRINT_FREE, until, withPrograms } from "./stand_in.ts";

/** Names of the profiles below /debug/pprof/. */
export const KINDS = ["profile", "heap", "allocs", "trace"] as const;

/** An exporter with the debug paths, which has run its command once. */
export function withDebug(options: RunOptions, use: (exporter: Exporter) => Promise<void>): Promise<void> {
  const args = ["--web.enable-debug", ...(options.args ?? [])];
  return withExporter({ ...options, args }, async (exporter) => {
    await until("the first run", async () => (await ask(`${exporter.url}/-/ready`)).status === 200);
    await use(exporter);
  });
}

/** The same, with a command that prints what free printed once. */
export function withFree(use: (exporter: Exporter) => Promise<void>): Promise<void> {
  return withPrograms({ free: PRINT_FREE }, (env) => withDebug({ env }, use));
}
