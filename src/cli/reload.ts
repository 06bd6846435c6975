import { ConfigError, linesOf } from "../config/problem.ts";
import type { Log } from "../log.ts";
import { type Family, family, gauge } from "../metric.ts";
import { stackOf } from "../system_error.ts";
import { shared } from "../within.ts";
import { OperationError, UsageError } from "./flags.ts";
import type { Host } from "./host.ts";

/** Reads the configuration again on request. */
export type Reloader = {
  /** Resolves to undefined when the new configuration is active, or else to why the old one stays. Never rejects. */
  readonly reload: () => Promise<string | undefined>;
  readonly families: () => readonly Family[];
};

const SUCCESSFUL = gauge(
  "memory_exporter_config_last_reload_successful",
  "Whether the last configuration reload attempt was successful.",
);
const TIMESTAMP = gauge(
  "memory_exporter_config_last_reload_success_timestamp_seconds",
  "Time of the last successful configuration reload in seconds since the epoch.",
);

/**
 * A reloader of a configuration that was just read.
 * @param apply reads the configuration and activates it if it is valid; undefined without a configuration file
 * @param notify notifies the service manager of the start and the end of a reload
 */
export function createReloader(apply: (() => Promise<void>) | undefined, log: Log, notify: Host["notify"]): Reloader {
  let isGood = true;
  let successSeconds = Date.now() / 1000;

  async function run(): Promise<string | undefined> {
    notify(`RELOADING=1\nMONOTONIC_USEC=${process.hrtime.bigint() / 1000n}`);
    try {
      if (apply === undefined) {
        log.info("Nothing to reload: started without --config.file and --web.config.file");
        return undefined;
      }
      await apply();
      isGood = true;
      successSeconds = Date.now() / 1000;
      log.info("Configuration reloaded");
      return undefined;
    } catch (error) {
      isGood = false;
      const reasons = reasonsOf(error);
      log.error("Configuration can't be reloaded, the old one stays", { err: reasons[0], problems: reasons.length });
      return reasons.join("\n");
    } finally {
      notify("READY=1");
    }
  }

  return {
    // A request during a reload needs another one, since the files may have changed.
    reload: shared(run),
    families: () => [family(SUCCESSFUL, [[{}, Number(isGood)]]), family(TIMESTAMP, [[{}, successSeconds]])],
  };
}

/** The reasons of a failed reload, one per line. */
function reasonsOf(error: unknown): readonly string[] {
  if (error instanceof ConfigError || error instanceof UsageError || error instanceof OperationError)
    return linesOf(error);
  return [stackOf(error)];
}
