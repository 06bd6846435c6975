import { createGatherer, type Gatherer } from "../gather/gatherer.ts";
import { createSelfMetrics } from "../gather/self_metrics.ts";
import type { Log } from "../log.ts";
import { buildInfo } from "../version.ts";
import { collectedBy } from "./configured.ts";
import type { Host } from "./host.ts";
import { exporterMetricsOf } from "./web_flags.ts";

type Flags = Parameters<typeof collectedBy>[0] &
  Parameters<typeof exporterMetricsOf>[0] & { readonly namespace: string };

/** The gatherer of the subcommands that don't serve pages: once, push and textfile. @throws UsageError, ConfigError */
export async function createPages(flags: Flags, host: Host, log: Log): Promise<Gatherer> {
  const { sources, maxConcurrent } = await collectedBy(flags, host);
  const self = createSelfMetrics({
    level: exporterMetricsOf(flags),
    info: buildInfo(),
    isPid1: host.orphans !== "elsewhere",
    hasZombies: host.runner.hasZombies,
    spawnMethod: host.runner.spawnMethod,
  });
  return createGatherer({ sources, maxConcurrent, namespace: flags.namespace, runner: host.runner, log, self });
}
