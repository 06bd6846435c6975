import { readFile, stat } from "node:fs/promises";
import { inNamespace } from "../collect/collect.ts";
import { encode } from "../exposition/encode.ts";
import { ParseError, quote } from "../parsers/text.ts";
import type { Output, Read } from "../presets/preset.ts";
import { type CommandLine, readFlags, UsageError } from "./flags.ts";
import { EXIT, type Host } from "./host.ts";
import { parseFlags } from "./tables.ts";
import { readingOf } from "./tasks.ts";

/** As much as `--command.max-output` can allow a run to print is more than anyone pipes by hand. */
const LIMIT_BYTES = 64 * 2 ** 20;

/** `memory_exporter parse`: reads a command's output from stdin or a file and prints the metrics that it gives. */
export async function parse(line: CommandLine, host: Host): Promise<number> {
  const flags = readFlags(parseFlags, line, host.environment);
  const { read, words } = readingOf(flags, host);
  const stdout = flags.file === undefined ? await host.readIn(LIMIT_BYTES) : await readWhole(flags.file);
  const families = tryRead(read, { stdout, words });
  if (typeof families === "string") {
    host.writeError(`memory_exporter: error: ${families}\n`);
    return EXIT.notRead;
  }
  const named = families.map((one) => inNamespace(one, flags.namespace));
  await host.writeOut(await encode(named, flags.format));
  return EXIT.ok;
}

function tryRead(read: Read, output: Output): ReturnType<Read> | string {
  try {
    return read(output);
  } catch (error) {
    if (error instanceof ParseError) return error.message;
    throw error;
  }
}

async function readWhole(path: string): Promise<Uint8Array> {
  try {
    const { size } = await stat(path);
    if (size > LIMIT_BYTES)
      throw new UsageError(`--file: found ${size} bytes in ${quote(path)}, wanted at most ${LIMIT_BYTES}`);
    return await readFile(path);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const [reason] = (error instanceof Error ? error.message : String(error)).split(", ");
    throw new UsageError(`--file: cannot read ${quote(path)}: ${reason}`);
  }
}
