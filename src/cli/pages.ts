import { createGatherer, type Gatherer } from "../gather/gatherer.ts";
import { createSelfMetrics } from "../gather/self_metrics.ts";
import type { Log } from "../log.ts";
import { buildInfo } from "../version.ts";
import type { Host } from "./host.ts";
import { sourcesOf } from "./sources.ts";
import { exporterMetricsOf } from "./web_flags.ts";

type Flags = Parameters<typeof sourcesOf>[0] & Parameters<typeof exporterMetricsOf>[0] & { readonly namespace: string };

/** What gathers for who writes the pages somewhere, without serving them. @throws UsageError */
export function createPages(flags: Flags, host: Host, log: Log): Gatherer {
  const sources = sourcesOf(flags, host);
  const self = createSelfMetrics({
    level: exporterMetricsOf(flags),
    info: buildInfo(),
    isPid1: host.orphans !== "elsewhere",
  });
  return createGatherer({ sources, namespace: flags.namespace, runner: host.runner, log, self });
}
