import { createCollector } from "../collect/collect.ts";
import { encode } from "../exposition/encode.ts";
import { createLog } from "../log.ts";
import { buildInfo, buildInfoFamily } from "../version.ts";
import { type CommandLine, readFlags } from "./flags.ts";
import { EXIT, type Host } from "./host.ts";
import { sourcesOf } from "./sources.ts";
import { onceFlags } from "./tables.ts";
import { tasksOf } from "./tasks.ts";

/** `memory_exporter once`: runs every command once and prints what they gave. */
export async function once(line: CommandLine, host: Host): Promise<number> {
  const flags = readFlags(onceFlags, line, host.environment);
  const tasks = tasksOf(sourcesOf(flags, host));
  const log = createLog({ level: flags.logLevel, format: flags.logFormat, write: host.writeError });
  const { runner } = host;
  const isPid1 = host.orphans !== "elsewhere";
  const collector = createCollector({ tasks, namespace: flags.namespace, runner, log, selfMetrics: true, isPid1 });
  // Signals are heard before there is a command that they could leave behind.
  const stopped = host.stopped();
  const first = await Promise.race([collector.collect(), stopped]);
  await collector.stop();
  if (typeof first === "string") return EXIT.failed;
  await host.writeOut(await encode([...first.families, buildInfoFamily(buildInfo())], flags.format));
  return first.up ? EXIT.ok : EXIT.notRead;
}
