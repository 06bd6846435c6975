import { type CommandLine, readFlags, UsageError } from "./flags.ts";
import { EXIT, type Host } from "./host.ts";
import { printFlags } from "./tables.ts";

/** What can be printed. Each is loaded, and made, when it is asked for. */
const KINDS: Readonly<Record<string, () => Promise<string>>> = {
  "config-schema": async () => {
    const { configSchema } = await import("../config/json_schema.ts");
    return `${JSON.stringify(configSchema(), null, 2)}\n`;
  },
};

/** `memory_exporter print KIND`: prints what goes with the program. */
export async function print(line: CommandLine, host: Host): Promise<number> {
  readFlags(printFlags, line, host.environment);
  const kind = line.words[1] ?? "";
  const make = Object.hasOwn(KINDS, kind) ? KINDS[kind] : undefined;
  if (make === undefined)
    throw new UsageError(`print: found ${JSON.stringify(kind)}, wanted one of ${Object.keys(KINDS).join(", ")}`);
  await host.writeOut(await make());
  return EXIT.ok;
}
