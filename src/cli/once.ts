import { encode } from "../exposition/encode.ts";
import { createGatherer } from "../gather/gatherer.ts";
import { createSelfMetrics } from "../gather/self_metrics.ts";
import { createLog } from "../log.ts";
import { buildInfo } from "../version.ts";
import { collectedBy } from "./configured.ts";
import { type CommandLine, readFlags } from "./flags.ts";
import { EXIT, type Host } from "./host.ts";
import { onceFlags } from "./tables.ts";
import { exporterMetricsOf } from "./web_flags.ts";

/** `memory_exporter once`: runs every command once and prints what they gave. */
export async function once(line: CommandLine, host: Host): Promise<number> {
  const flags = readFlags(onceFlags, line, host.environment);
  const { sources, maxConcurrent } = await collectedBy(flags, host);
  const level = exporterMetricsOf(flags);
  const log = createLog({ level: flags.logLevel, format: flags.logFormat, write: host.writeError });
  const self = createSelfMetrics({ level, info: buildInfo(), isPid1: host.orphans !== "elsewhere" });
  const gatherer = createGatherer({
    sources,
    maxConcurrent,
    namespace: flags.namespace,
    runner: host.runner,
    log,
    self,
  });
  // Signals are heard before there is a command that they could leave behind.
  const stopped = host.stopped();
  const first = await Promise.race([gatherer.gather(), stopped]);
  await gatherer.stop();
  if (typeof first === "string") return EXIT.failed;
  await host.writeOut(await encode(first.families, flags.format));
  return first.up ? EXIT.ok : EXIT.notRead;
}
