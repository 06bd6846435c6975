import type { Outcome } from "../command/outcome.ts";
import { encode } from "../exposition/encode.ts";
import type { ShownRecord } from "../formats/format.ts";
import type { FormatReader } from "../formats/reader.ts";
import { inNamespace } from "../gather/assembly.ts";
import { createAttemptRunner } from "../gather/attempt_runner.ts";
import { reservedName } from "../gather/conflicts.ts";
import { failureOf } from "../gather/run_result.ts";
import type { Family } from "../metric.ts";
import type { OneFile } from "../read_file.ts";
import { type Attempt, type Output, type Source, wordsOf } from "../source.ts";
import { counted, OverflowError, ParseError, quote, visible } from "../text.ts";
import { configured, contextOf } from "./configured.ts";
import { type CommandLine, OperationError, readFlags, UsageError } from "./flags.ts";
import { EXIT, type Host } from "./host.ts";
import { tryFlags } from "./tables.ts";

/** All exit statuses, so that the output of a failed command is shown too. */
const ANY_CODE: readonly number[] = Array.from({ length: 256 }, (_, code) => code);
/** Limits of what is shown of an output: lines, characters of a line, records, files with their content. */
const LINES = 100;
const LINE_LENGTH = 1000;
const RECORDS = 10;
const FILES = 5;

/** `memory_exporter try`: runs one source once, and shows its output and the metrics that it gives. */
export async function tryOne(line: CommandLine, host: Host): Promise<number> {
  const flags = readFlags(tryFlags, line, host.environment);
  if (flags.configFiles.length === 0)
    throw new UsageError("try: found no --config.file, wanted the file of the command");
  const { commands = [] } = await configured(flags.configFiles, contextOf(flags, host));
  const names = commands.map(({ name }) => name).join(", ");
  const name = line.words[1] ?? (commands.length === 1 ? commands[0]?.name : undefined);
  if (name === undefined) throw new UsageError(`try: found several commands, wanted one of ${names}`);
  const command = commands.find((one) => one.name === name);
  if (command === undefined) throw new UsageError(`try: unknown command ${quote(name)}, wanted one of ${names}`);
  const source = command.bind(new Map(flags.parameters));
  if (typeof source === "string") throw new OperationError(`try: ${source}, like --parameter=NAME=VALUE`);
  const runner = createAttemptRunner({ ...source, okExitCodes: ANY_CODE }, host.runner);
  const stopped = host.stopped();
  let hasFailed = true;
  // A preset may have several attempts, of which the first one that works counts.
  for (const attempt of source.attempts) {
    const outcome = await Promise.race([runner.run(attempt, source.timeoutMs), stopped]);
    if (typeof outcome === "string") return EXIT.failed;
    const shown = [
      ...runSections(attempt, source, outcome),
      ...(await readSections(attempt, source, outcome, command.records, flags.namespace)),
    ];
    await host.writeOut(shown.map(([title, lines]) => section(title, lines)).join(""));
    hasFailed = shown.some(([title]) => title === "failed");
    if (!hasFailed) break;
  }
  return hasFailed ? EXIT.notRead : EXIT.ok;
}

type Section = readonly [title: string, lines: readonly string[]];

/** Lines with a title to their left. */
function section(title: string, lines: readonly string[]): string {
  return (lines.length > 0 ? lines : ["(nothing)"])
    .map((line, index) => `${(index === 0 ? title : "").padEnd(8)}| ${line}\n`)
    .join("");
}

function runSections(attempt: Attempt, { okExitCodes = [0] }: Source, outcome: Outcome): readonly Section[] {
  const seconds = outcome.seconds.toFixed(3);
  const about: Section = ["command", linesOf(wordsOf(attempt).map(shellWord).join(" "))];
  if (outcome.kind !== "ok") {
    const stderr = "stderrTail" in outcome ? outcome.stderrTail : "";
    return [
      about,
      ["stderr", linesOf(stderr)],
      ["failed", [`${outcome.kind} after ${seconds} s: ${failureOf(outcome)}`]],
    ];
  }
  const code = outcome.code ?? 0;
  const failed: Section[] = okExitCodes.includes(code)
    ? []
    : [["failed", [`exit status ${code}, wanted ${okExitCodes.join(" or ")} (ok_exit_codes)`]]];
  if (outcome.files !== undefined) return [...outcome.files.flatMap(fileSections), ...failed];
  return [
    about,
    ["exit", [`${code} after ${seconds} s`]],
    ["stdout", linesOf(new TextDecoder().decode(outcome.stdout))],
    ["stderr", linesOf(outcome.stderrTail)],
    ...failed,
  ];
}

/** The path of a file, and its content or an error. Only the first files are shown with their content. */
function fileSections(file: OneFile, index: number): readonly Section[] {
  if ("reason" in file) return [["file", [`${file.path}: ${file.reason}`]]];
  const content: Section = ["content", linesOf(new TextDecoder().decode(file.bytes))];
  return [["file", [file.path]], ...(index < FILES ? [content] : [])];
}

/** The lines of a text, with control characters escaped. Further lines and characters are counted. */
function linesOf(text: string): readonly string[] {
  if (text === "") return [];
  const lines = text.replace(/\n$/, "").split("\n");
  const kept = lines.slice(0, LINES).map(shownLine);
  return lines.length > LINES ? [...kept, `… (${counted(lines.length - LINES, "more line")})`] : kept;
}

function shownLine(line: string): string {
  const rest = line.length - LINE_LENGTH;
  return rest > 0 ? `${visible(line.slice(0, LINE_LENGTH))}… (${counted(rest, "more character")})` : visible(line);
}

/** A word, quoted for a shell. */
function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

async function readSections(
  attempt: Attempt,
  source: Source,
  outcome: Outcome,
  records: FormatReader["records"] | undefined,
  namespace: string,
): Promise<readonly Section[]> {
  if (outcome.kind !== "ok") return [];
  const { stdout, code = 0, files } = outcome;
  const warned: string[] = [];
  const output: Output = {
    stdout,
    words: attempt.words ?? wordsOf(attempt),
    exitCode: code,
    maxSeries: source.maxSeries,
    warn: (message) => warned.push(message),
    ...(files && { files }),
  };
  const outputs = files ? files.slice(0, FILES).flatMap((file) => outputOf(file, output)) : [output];
  const shownFields = outputs.flatMap((one) => {
    const found = attemptTo(() => records?.(one, RECORDS) ?? []);
    return typeof found === "string" ? [] : found.map(recordLine);
  });
  const families = attemptTo(() => attempt.read(output));
  const warnings: Section[] = warned.length > 0 ? [["warned", warned]] : [];
  const shown: Section[] = shownFields.length > 0 ? [["fields", shownFields]] : [];
  if (typeof families === "string") return [...shown, ...warnings, ["failed", [families]]];
  const named = families.map((one) => inNamespace(one, namespace));
  const [reserved] = named.flatMap(({ name }) => reservedName(name, namespace) ?? []);
  if (reserved !== undefined) return [...shown, ...warnings, ["failed", [reserved]]];
  return [...shown, ...warnings, ["metrics", await metricLines(named)]];
}

/** The output of a single file; undefined if it can't be read. */
function outputOf(file: OneFile, { files: _, ...rest }: Output): readonly Output[] {
  return "reason" in file ? [] : [{ ...rest, stdout: file.bytes }];
}

function recordLine({ line, fields }: ShownRecord, index: number): string {
  const known = Object.entries(fields).filter(([, value]) => value !== undefined);
  const pairs = known.map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  return shownLine(`${line > 0 ? `line ${line}` : `record ${index + 1}`}: ${pairs.join(" ")}`);
}

async function metricLines(families: readonly Family[]): Promise<readonly string[]> {
  const page = await encode(families, "text", "allow-utf-8");
  return page.split("\n").filter((line) => line !== "" && !line.startsWith("# HELP"));
}

/** The result of a function, or the message of its ParseError or OverflowError. */
function attemptTo<T>(make: () => T): T | string {
  try {
    return make();
  } catch (error) {
    if (error instanceof ParseError || error instanceof OverflowError) return error.message;
    throw error;
  }
}
