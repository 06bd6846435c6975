import { containmentOf, type Isolation } from "../command/contain.ts";
import { commandEnvironment } from "../command/environment.ts";
import type { ConfiguredCommand } from "../config/command_source.ts";
import type { CommandsContext } from "../config/commands.ts";
import { createTextReader } from "../config/file.ts";
import { valueOrThrow } from "../config/problem.ts";
import type { Schedule, Source } from "../source.ts";
import type { metrics, running } from "./command_flags.ts";
import { UsageError, type Values } from "./flags.ts";
import type { Host } from "./host.ts";
import { containmentFor, scheduleOf, sourcesOf } from "./sources.ts";

/** The commands of `--config.file`. The room config is loaded only if a file is given. */

type Running = Values<typeof running>;

/** Flags that are defaults for the configuration file. */
type Wanted = Values<typeof metrics> &
  Partial<Pick<Running, "timeoutMs" | "maxOutputBytes" | "isolate" | "dieWithExporter">>;

/** Flags about what to run, which can't be combined with a configuration file. */
type Others = Partial<Pick<Running, "command" | "outputOf" | "commandPresets">>;

/** The context in which a configuration is read. @throws OperationError if the isolation of the flag isn't available */
export function contextOf(flags: Wanted, { environment }: Host, schedule?: Schedule): CommandsContext {
  const isolate = flags.isolate ?? "none";
  // An isolation of the flag that isn't available is one error, not one for each command.
  const containments = new Map<Isolation, ReturnType<typeof containmentOf>>([[isolate, containmentFor(isolate)]]);
  return {
    timeoutMs: flags.timeoutMs ?? 5000,
    maxOutputBytes: flags.maxOutputBytes ?? 2 ** 20,
    isolate,
    diesWithExporter: flags.dieWithExporter ?? false,
    names: flags.names,
    namespace: flags.namespace,
    ...(schedule && { schedule }),
    own: environment,
    readText: createTextReader(),
    environment: commandEnvironment(environment),
    containmentOf(isolation) {
      // Each is tested once.
      if (!containments.has(isolation)) containments.set(isolation, containmentOf(isolation));
      return containments.get(isolation);
    },
  };
}

/** @throws UsageError for flags about what to run together with a configuration file. */
export function refuseOthers({ command, outputOf, commandPresets = [] }: Others): void {
  const given = [
    ...(command === undefined ? [] : ["--command"]),
    ...(outputOf === undefined ? [] : ["--command.output-of"]),
    ...(commandPresets.length > 0 ? ["--command.preset"] : []),
  ];
  if (given[0] !== undefined)
    throw new UsageError(`${given[0]}: found with --config.file, whose commands are run, wanted one of them`);
}

/** The sources, and what else a configuration contains. */
export type Collected = {
  /** Sources that run when a page is gathered. */
  readonly sources: readonly Source[];
  readonly maxConcurrent?: number | undefined;
  /** The commands of a configuration, including those that run only for `/probe`. */
  readonly commands?: readonly ConfiguredCommand[];
};

/** All commands of the files. @throws ConfigError */
export async function configured(files: readonly string[], context: CommandsContext): Promise<Collected> {
  const { readCommands } = await import("../config/commands.ts");
  const { commands, maxConcurrent } = valueOrThrow(await readCommands(files, context));
  return { sources: commands.flatMap(({ source }) => source ?? []), maxConcurrent, commands };
}

/** The commands of the configuration file, or else of the flags. @throws UsageError, ConfigError */
export async function collectedBy(
  flags: Wanted & Others & Parameters<typeof sourcesOf>[0] & { readonly configFiles: readonly string[] },
  host: Host,
): Promise<Collected> {
  if (flags.configFiles.length === 0) return { sources: sourcesOf(flags, host) };
  refuseOthers(flags);
  return configured(flags.configFiles, contextOf(flags, host, scheduleOf(flags)));
}
