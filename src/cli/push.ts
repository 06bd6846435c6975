import { linesOf } from "../config/problem.ts";
import { buildContext, buildInfo, versionLine } from "../version.ts";
import { type CommandLine, readFlags, UsageError } from "./flags.ts";
import { EXIT, type Host, notifyReady, openLog } from "./host.ts";
import { createPages } from "./pages.ts";
import { checkPushFlags, FLUSH_MS } from "./push_flags.ts";
import { openPusher } from "./push_setup.ts";
import { pushFlags } from "./tables.ts";

/** `memory_exporter push`: gathers and pushes, once or until a signal comes. */
export async function push(line: CommandLine, host: Host): Promise<number> {
  const flags = readFlags(pushFlags, line, host.environment);
  checkPushFlags(flags);
  const { pushUrl: url, pushIntervalMs: intervalMs, pushTimeoutMs: timeoutMs } = flags;
  if (url === undefined) throw new UsageError("push: found no --push.url, wanted where to push");
  const log = openLog(flags, host);
  const pages = await createPages(flags, host, log);
  const info = buildInfo();
  // Signals are handled before a command is started, so that none is left behind.
  const stopped = host.stopped();
  try {
    const { environment } = host;
    const pusher = await openPusher({ flags, url, version: info.version, environment, pages, freshMs: 0, log });
    if (intervalMs > 0) {
      log.info("Starting memory_exporter", { version: versionLine(info) });
      log.info("Build context", { build_context: buildContext(info, host.runner.spawnMethod) });
      pages.start();
      pusher.repeat(intervalMs);
      notifyReady(host, log);
      log.info("Stopping", { signal: await stopped });
      host.notify("STOPPING=1");
      await Promise.all([pusher.finish(FLUSH_MS, true), pages.stop()]);
      log.info("Stopped");
      return EXIT.ok;
    }
    const first = await Promise.race([pusher.push(), stopped]);
    await pages.stop();
    if (typeof first === "string") return EXIT.failed;
    // A signal ends the attempts too.
    if ((await Promise.race([pusher.finish(timeoutMs, false), stopped])) !== true) return EXIT.failed;
    return first ? EXIT.ok : EXIT.notRead;
  } catch (error) {
    for (const line of linesOf(error)) log.error(line);
    return EXIT.failed;
  }
}
