import { setTimeout as sleep } from "node:timers/promises";
import { encode } from "../exposition/encode.ts";
import type { Gatherer } from "../gather/gatherer.ts";
import type { Log } from "../log.ts";
import { replaceFile, requireWritable } from "../push/textfile.ts";
import { reasonOf } from "../system_error.ts";
import { unlessAborted } from "../within.ts";
import { type CommandLine, OperationError, readFlags, UsageError } from "./flags.ts";
import { EXIT, type Host, notifyReady, openLog } from "./host.ts";
import { createPages } from "./pages.ts";
import { textfileFlags } from "./tables.ts";

/** `memory_exporter textfile`: writes a file for node_exporter's textfile collector, once or until a signal comes. */
export async function textfile(line: CommandLine, host: Host): Promise<number> {
  const flags = readFlags(textfileFlags, line, host.environment);
  const { textfilePath: path, textfileIntervalMs: intervalMs } = flags;
  if (path === undefined) throw new UsageError("textfile: found no --textfile.path, wanted the file to write");
  await requireWritable(path).catch((error: unknown) => {
    throw new OperationError(`--textfile.path: ${reasonOf(error)}`);
  });
  const log = openLog(flags, host);
  if (!path.endsWith(".prom")) log.warn("node_exporter reads only files whose names end in .prom", { path });
  const pages = await createPages(flags, host, log);
  // Signals are handled before a command is started, so that none is left behind.
  const stop = new AbortController();
  void host.stopped().then(() => stop.abort());
  if (intervalMs > 0) {
    pages.start();
    notifyReady(host, log);
  }
  for (let began = performance.now(); ; began = performance.now()) {
    // Promise.race would keep a reaction for each iteration until the stop.
    const code = await unlessAborted(write(pages, path, log), stop.signal);
    const restMs = intervalMs - (performance.now() - began);
    if (intervalMs > 0) await sleep(Math.max(restMs, 0), undefined, { signal: stop.signal }).catch(() => {});
    if (intervalMs > 0 && !stop.signal.aborted) continue;
    await pages.stop();
    return intervalMs > 0 ? EXIT.ok : (code ?? EXIT.failed);
  }
}

/** Writes the file if the commands succeeded. Resolves to the exit status for a single run. */
async function write(pages: Gatherer, path: string, log: Log): Promise<number> {
  const { up, families } = await pages.gather();
  if (!up) {
    log.error("Memory command failed, the file is unchanged", { path });
    return EXIT.notRead;
  }
  try {
    await replaceFile(path, await encode(families, "text"));
    return EXIT.ok;
  } catch (error) {
    log.error("Cannot write, the file is unchanged", { path, reason: reasonOf(error) });
    return EXIT.failed;
  }
}
