import { createReadStream } from "node:fs";
import { encode } from "../exposition/encode.ts";
import { inNamespace } from "../gather/assembly.ts";
import { reservedName } from "../gather/conflicts.ts";
import type { Read } from "../source.ts";
import { reasonOf } from "../system_error.ts";
import { ParseError, quote } from "../text.ts";
import { configured, contextOf, refuseOthers } from "./configured.ts";
import { type CommandLine, OperationError, readFlags, UsageError, type Values } from "./flags.ts";
import { EXIT, type Host } from "./host.ts";
import { readingOf } from "./sources.ts";
import { parseFlags } from "./tables.ts";

/** Limit of the input. */
const LIMIT_BYTES = 64 * 2 ** 20;

const UNNAMED = "name the command that printed it, like --command='free -m', since the units depend on it";

/** `memory_exporter parse`: reads a command's output from stdin or a file and prints the metrics that it gives. */
export async function parse(line: CommandLine, host: Host): Promise<number> {
  const flags = readFlags(parseFlags, line, host.environment);
  if (flags.commandName !== undefined && flags.configFiles.length === 0)
    throw new UsageError("--command.name: wanted --config.file too, which has commands with names");
  const { read, words } = flags.configFiles.length > 0 ? await configuredReading(flags, host) : readingOf(flags, host);
  const families = await tryRead(read, words, () =>
    flags.file === undefined
      ? readAll("stdin", host.input())
      : readAll(quote(flags.file), createReadStream(flags.file)),
  );
  if (typeof families === "string") return refuse(families, host);
  const named = families.map((one) => inNamespace(one, flags.namespace));
  const [reserved] = named.flatMap(({ name }) => reservedName(name, flags.namespace) ?? []);
  if (reserved !== undefined) return refuse(reserved, host);
  await host.writeOut(await encode(named, flags.format, "allow-utf-8"));
  return EXIT.ok;
}

function refuse(fault: string, host: Host): number {
  host.writeError(`memory_exporter: error: ${fault}\n`);
  return EXIT.notRead;
}

type Reading = { readonly read: Read; readonly words: readonly string[] };

/** How a command of the configuration is read. @throws UsageError, ConfigError */
async function configuredReading(flags: Values<typeof parseFlags>, host: Host): Promise<Reading> {
  refuseOthers(flags);
  const { commands = [] } = await configured(flags.configFiles, contextOf(flags, host));
  const names = commands.map(({ name }) => name).join(", ");
  const command = commands.find(({ name }) => name === flags.commandName);
  if (command === undefined) {
    const found = flags.commandName === undefined ? "no --command.name" : `--command.name ${quote(flags.commandName)}`;
    throw new UsageError(`parse: found ${found}, wanted one of ${names}`);
  }
  return command.reading;
}

/** The families of an output, or why it can't be parsed. */
async function tryRead(
  read: Read,
  words: readonly string[],
  output: () => Promise<Uint8Array<ArrayBuffer>>,
): Promise<ReturnType<Read> | string> {
  let stdout = new Uint8Array();
  try {
    stdout = await output();
    return read({ stdout, words });
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    return words.length > 0 || stdout.length === 0 ? error.message : `${error.message}; ${UNNAMED}`;
  }
}

/** Reads a whole stream. @throws ParseError if it is too long, OperationError if it can't be read */
async function readAll(name: string, stream: AsyncIterable<Uint8Array>): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const chunk of stream) {
      length += chunk.length;
      if (length > LIMIT_BYTES) throw new ParseError(`found more than ${LIMIT_BYTES} bytes in ${name}`);
      chunks.push(chunk);
    }
  } catch (error) {
    if (error instanceof ParseError) throw error;
    throw new OperationError(`cannot read ${name}: ${reasonOf(error)}`);
  }
  return Buffer.concat(chunks);
}
