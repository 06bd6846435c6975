import type { Format } from "../formats/format.ts";
import { type FormatReader, formatReader } from "../formats/reader.ts";
import type { Preset } from "../presets/preset.ts";
import { type MetricNames, presetFor, presetNamed, presetRead, requireReadable } from "../presets/table.ts";
import { lineWords } from "../presets/words.ts";
import type { Read } from "../source.ts";
import { ParseError } from "../text.ts";
import type { Blame } from "./command_env.ts";
import type { SectionContext } from "./command_rules.ts";
import type { CommandSection } from "./command_schema.ts";
import { FORMATS } from "./format_schema.ts";
import type { Step } from "./yaml.ts";

/** How the output of a configured command is read. */
export type CommandReader = {
  readonly read: Read;
  /** The command line that the reader gets, if it isn't that of the command itself. */
  readonly words?: readonly string[];
  /** Splits an output into records; undefined for formats without records. */
  readonly records?: FormatReader["records"];
  /** The preset that reads the output; undefined for a format. */
  readonly preset?: Preset;
};

/** The reader for the output of a section's command or file. Undefined if it can't be determined, which is reported. */
export async function readerOf(
  section: CommandSection,
  names: MetricNames,
  { blame, isLost }: Pick<SectionContext, "blame" | "isLost">,
  /** Whether `parser`, `metrics` and `output_of` are consistent. */
  isReadable: boolean,
): Promise<CommandReader | undefined> {
  const { parser, metrics = [] } = section;
  if (parser === undefined || !Object.hasOwn(FORMATS, parser.format)) {
    const isReported = ["parser", "command", "file", "preset", "output_of"].some((key) => isLost(key));
    const hasOrigin = section.command !== undefined || section.file !== undefined;
    return isReported || !isReadable || !hasOrigin ? undefined : presetReader(section, names, blame);
  }
  const ready = await formatReader(parser as Format, metrics);
  if (ready.kind === "ok") return ready.value;
  for (const { path, message } of ready.problems) blame(message, path);
  return undefined;
}

function presetReader(section: CommandSection, names: MetricNames, blame: Blame): CommandReader | undefined {
  const { parser, output_of: outputOf } = section;
  const words = outputOf === undefined ? ownWords(section) : lineWords(outputOf);
  const path: readonly Step[] = [
    outputOf === undefined ? (section.file === undefined ? "command" : "file") : "output_of",
  ];
  const preset = parser === undefined ? presetFor(words) : presetNamed(parser.format);
  if (preset === undefined) {
    const other = section.file === undefined ? "wanted parser or output_of" : "wanted parser";
    const way = outputOf === undefined ? other : "wanted a line like free -m, or parser";
    blame(`found nothing that tells how to read the output, ${way}`, path);
    return undefined;
  }
  try {
    requireReadable(preset, words);
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    const way = outputOf === undefined ? ", wanted output_of, like output_of: free -m" : "";
    blame(`preset ${preset.name} can't read the output: ${error.message}${way}`, path);
    return undefined;
  }
  return { read: presetRead(preset, names), words, preset };
}

/** The command line of a section's command or file. Parameters, whose values aren't known, are empty words. */
function ownWords({ command, file = "" }: CommandSection): readonly string[] {
  if (command === undefined) return ["cat", file];
  if (typeof command === "string") return lineWords(command);
  return command.map((word) => (typeof word === "string" ? word : ""));
}
