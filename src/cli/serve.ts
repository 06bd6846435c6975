import { hostname } from "node:os";
import { descriptorLimit } from "../command/children.ts";
import { createTextReader } from "../config/file.ts";
import { linesOf, valueOrThrow } from "../config/problem.ts";
import { createInstruments } from "../exposition/instruments.ts";
import { createGatherer } from "../gather/gatherer.ts";
import { createHistory } from "../gather/history.ts";
import { createSelfMetrics } from "../gather/self_metrics.ts";
import type { Log } from "../log.ts";
import type { Pusher } from "../push/pusher.ts";
import { buildContext, buildInfo, versionLine } from "../version.ts";
import { createApp } from "../web/app.ts";
import { type Listener, type ListenOptions, listen } from "../web/listen.ts";
import { SHOWN_NAMES } from "../web/page/figures.ts";
import { systemdSockets } from "../web/systemd.ts";
import { collectedBy } from "./configured.ts";
import { type CommandLine, readFlags, UsageError, type Values } from "./flags.ts";
import { EXIT, type Host, notifyReady, openLog } from "./host.ts";
import { checkPushFlags, FLUSH_MS, pushing } from "./push_flags.ts";
import type { PushOptions } from "./push_setup.ts";
import { createReloader } from "./reload.ts";
import { serveFlags } from "./tables.ts";
import { exporterMetricsOf } from "./web_flags.ts";

/** Time for requests in flight after a stop signal. The whole stop takes less than 5 s. */
const DRAIN_MS = 3000;

/** `memory_exporter serve`: serves until a signal comes. */
export async function serve(line: CommandLine, host: Host): Promise<number> {
  const flags = readFlags(serveFlags, line, host.environment);
  checkServedPush(flags, line);
  let collected = await collectedBy(flags, host);
  const level = exporterMetricsOf(flags);
  const log = openLog(flags, host);
  const info = buildInfo();
  // Handled before the first command runs: otherwise a signal could end the program and leave the command behind.
  const isConfigured = flags.configFiles.length > 0;
  const isReloadable = isConfigured || flags.webConfigFile !== undefined;
  const reloader = createReloader(isReloadable ? reconfigure : undefined, log, host.notify);
  const stopped = host.stopped(() => void reloader.reload());
  log.info("Starting memory_exporter", { version: versionLine(info) });
  log.info("Build context", { build_context: buildContext(info, host.runner.spawnMethod) });

  const { namespace } = flags;
  const instruments = createInstruments(level === "all" ? "all" : "lean");
  let pusher: Pusher | undefined;
  const own = {
    families: async () => [
      ...(await instruments.families()),
      ...(pusher?.families() ?? []),
      ...(isConfigured ? reloader.families() : []),
    ],
  };
  const self = createSelfMetrics({
    level,
    info,
    isPid1: host.orphans !== "elsewhere",
    hasZombies: host.runner.hasZombies,
    spawnMethod: host.runner.spawnMethod,
    instruments: own,
  });
  const history = flags.disableLivePage ? undefined : createHistory(SHOWN_NAMES);
  const gatherer = createGatherer({ ...collected, namespace, runner: host.runner, log, self, history });

  async function reconfigure(): Promise<void> {
    await checkWebFile(flags.webConfigFile);
    if (!isConfigured) return;
    collected = await collectedBy(flags, host);
    gatherer.replace(collected.sources, collected.maxConcurrent);
  }

  const routePrefix = flags.routePrefix ?? flags.externalUrl?.path ?? "";
  const { telemetryPath, maxRequests, timeoutOffsetMs, debug, debugStderr } = flags;
  const app = createApp({
    gatherer,
    commands: () => collected.commands ?? [],
    reload: reloader.reload,
    telemetryPath,
    routePrefix,
    external: flags.externalUrl,
    maxRequests,
    timeoutOffsetMs,
    debug,
    debugStderr,
    observer: instruments,
    version: versionLine(info),
    host: hostname(),
    namespace,
    history,
    log,
  });
  const listeners = await open(async () => {
    const { environment } = host;
    pusher = await openPush(flags, { version: info.version, environment, pages: gatherer, log });
    return listen({ ...listenOptions(flags, routePrefix, host), observer: instruments }, app, log);
  }, log);
  if (listeners === undefined) return EXIT.failed;
  if (host.orphans === "left") log.warn("Running as PID 1: orphaned processes are not reaped, start under an init");
  // The first runs select the attempts that work, and make the exporter ready.
  gatherer.start();
  pusher?.repeat(flags.pushIntervalMs);
  notifyReady(host, log);

  const signal = await stopped;
  log.info("Stopping", { signal });
  host.notify("STOPPING=1");
  await Promise.all([stop(listeners, () => gatherer.stop()), pusher?.finish(FLUSH_MS, true)]);
  log.info("Stopped");
  return EXIT.ok;
}

/** Checks the web configuration, which is re-read with every request anyway. @throws ConfigError */
async function checkWebFile(file: string | undefined): Promise<void> {
  if (file === undefined) return;
  const { checkWebConfig } = await import("../config/web_config.ts");
  valueOrThrow(await checkWebConfig(file, createTextReader()));
}

/** @throws UsageError */
function checkServedPush(flags: Values<typeof serveFlags>, { tokens }: CommandLine): void {
  if (flags.pushUrl === undefined) {
    const idle = tokens.find(({ flag }) => Object.values<unknown>(pushing).includes(flag));
    if (idle) throw new UsageError(`--${idle.flag.name}: found no --push.url, wanted the URL to push to`);
    return;
  }
  if (flags.pushIntervalMs === 0) throw new UsageError("--push.interval: found 0, wanted a duration for serve");
  checkPushFlags(flags);
}

/** Starts pushing if `--push.url` is given. Otherwise the room push isn't loaded. */
async function openPush(
  flags: Values<typeof serveFlags>,
  options: Pick<PushOptions, "version" | "environment" | "pages" | "log">,
) {
  const { pushUrl: url } = flags;
  if (url === undefined) return undefined;
  const { openPusher } = await import("./push_setup.ts");
  // Results of scrapes are reused if they are younger than this.
  return openPusher({ flags, url, freshMs: flags.pushIntervalMs / 2, ...options });
}

const HEALTH_PATHS = ["/-/healthy", "/-/ready"];

function listenOptions(
  flags: Values<typeof serveFlags>,
  routePrefix: string,
  { environment, pid }: Host,
): Omit<ListenOptions, "observer"> {
  const { listenAddresses: addresses, webConfigFile, healthWithoutAuth, systemdSocket } = flags;
  const sockets = systemdSocket ? systemdSockets(environment, pid) : undefined;
  const freePaths = healthWithoutAuth ? HEALTH_PATHS.map((path) => routePrefix + path) : [];
  return { addresses, sockets, webConfigFile, freePaths, descriptorLimit: descriptorLimit() };
}

async function open(listenAll: () => Promise<readonly Listener[]>, log: Log): Promise<readonly Listener[] | undefined> {
  try {
    return await listenAll();
  } catch (error) {
    for (const line of linesOf(error)) log.error(line);
    return undefined;
  }
}

/** Stops listening, kills the commands, and waits for requests in flight. */
async function stop(listeners: readonly Listener[], stopCommands: () => Promise<void>): Promise<void> {
  const closed = Promise.all(listeners.map((listener) => listener.close()));
  const late = new Promise((resolve) => setTimeout(resolve, DRAIN_MS));
  await Promise.race([Promise.all([closed, stopCommands()]), late]);
  for (const listener of listeners) listener.closeAll();
}
