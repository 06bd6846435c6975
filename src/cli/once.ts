import { encode } from "../exposition/encode.ts";
import { type CommandLine, readFlags } from "./flags.ts";
import { EXIT, type Host, openLog } from "./host.ts";
import { createPages } from "./pages.ts";
import { onceFlags } from "./tables.ts";

/** `memory_exporter once`: runs every command once and prints what they gave. */
export async function once(line: CommandLine, host: Host): Promise<number> {
  const flags = readFlags(onceFlags, line, host.environment);
  const log = openLog(flags, host);
  const gatherer = await createPages(flags, host, log);
  // Signals are handled before a command is started, so that none is left behind.
  const stopped = host.stopped();
  const first = await Promise.race([gatherer.gather(), stopped]);
  await gatherer.stop();
  if (typeof first === "string") return EXIT.failed;
  await host.writeOut(await encode(first.families, flags.format, "allow-utf-8"));
  return first.up ? EXIT.ok : EXIT.notRead;
}
