import type { MetricMapping } from "../formats/format.ts";
import { SELF_NAMED } from "../formats/format.ts";
import { faultOfLine, isRelativePath, relativeFault } from "../presets/line_faults.ts";
import { quote } from "../text.ts";
import type { Blame } from "./command_env.ts";
import type { CommandSection } from "./command_schema.ts";
import { FORMATS } from "./format_schema.ts";
import type { IsLost } from "./rest.ts";

/** Rules about several keys of a command. The schema checks each key separately. */

const KINDS = ["command", "file", "preset"] as const;
type Kind = (typeof KINDS)[number];

/** Keys that have no meaning for a kind of source. */
const NOT_BESIDE: Readonly<Record<Kind, readonly (keyof CommandSection)[]>> = {
  command: [],
  file: ["output_of", "env", "env_passthrough", "cwd", "ok_exit_codes", "isolate", "nice", "parameters"],
  preset: ["output_of", "parser", "metrics", "ok_exit_codes", "parameters"],
};

/** What the rules need besides the section. */
export type SectionContext = {
  readonly blame: Blame;
  /** Keys with mistakes that are already reported. They count as present, so that they aren't reported as missing. */
  readonly isLost: IsLost;
  /** The user's working directory, for advice about relative paths. */
  readonly here: string;
  /** The interval of commands that don't have their own. */
  readonly intervalMs: number | undefined;
};

/** The kind of a section's source: command, file or preset. Undefined if there is none, which is reported. */
export function kindOf(section: CommandSection, { blame, isLost }: SectionContext): Kind | undefined {
  const [kind, ...more] = KINDS.filter((one) => section[one] !== undefined || isLost(one));
  const wanted = `wanted one of ${KINDS.join(", ")}`;
  if (kind === undefined) blame(`found nothing to collect, ${wanted}`, []);
  for (const one of more) blame(`found ${one} with ${kind}, ${wanted}`, [one], "key");
  return kind;
}

/** Checks all rules but those about parameters and the reader. Returns whether parser, metrics and output_of are consistent. */
export function checkSection(section: CommandSection, kind: Kind | undefined, context: SectionContext): boolean {
  const { blame, isLost } = context;
  for (const key of kind === undefined ? [] : NOT_BESIDE[kind]) {
    const others = KINDS.filter((one) => !NOT_BESIDE[one].includes(key)).join(" or ");
    if (section[key] !== undefined || isLost(key))
      blame(`found ${key} with ${kind}, wanted it with ${others} only`, [key], "key");
  }
  checkCommand(section, context);
  checkAge(section, context);
  let isReadable = true;
  checkParser(section, {
    ...context,
    blame: (message, path, at) => {
      isReadable = false;
      blame(message, path, at);
    },
  });
  section.metrics?.forEach((metric, index) => {
    if (isLost("metrics", index, "name")) return;
    checkMetric(metric, (message, path, at) => blame(message, ["metrics", index, ...path], at));
  });
  return isReadable;
}

function checkCommand({ command, cwd, ok_exit_codes: codes }: CommandSection, context: SectionContext): void {
  const { blame, isLost, here } = context;
  if (codes?.length === 0) blame("found no exit status, wanted at least one", ["ok_exit_codes"]);
  const directory = isLost("cwd") ? "" : cwd;
  if (typeof command === "string") {
    const isBlank = command.trim() === "";
    const fault = isBlank ? "found nothing but blanks, wanted a shell line" : faultOfLine(command, { directory, here });
    if (fault !== undefined) blame(fault, ["command"]);
  }
  if (!Array.isArray(command)) return;
  const [program] = command;
  if (typeof program === "string" && directory === undefined && isRelativePath(program))
    blame(relativeFault(program, here), ["command", 0]);
  if (program === undefined) blame("found an empty list, wanted a program and its arguments", ["command"]);
  else if (typeof program !== "string") blame("found a parameter, wanted the program itself", ["command", 0]);
  else if (program === "") blame("found an empty text, wanted a program", ["command", 0]);
  command.forEach((word: unknown, index: number) => {
    if (typeof word === "string" && word.includes("\0"))
      blame("found a NUL character, wanted an argument without", ["command", index]);
  });
}

function checkAge({ interval: own, max_age: maxAge }: CommandSection, context: SectionContext): void {
  const { blame, isLost, intervalMs } = context;
  if (maxAge === undefined || isLost("interval")) return;
  const interval = own ?? intervalMs;
  if (interval === undefined) blame("found max_age without interval, wanted both", ["max_age"], "key");
  else if (maxAge < interval) blame("found less than interval, wanted at least as much", ["max_age"]);
}

/** Labels of `nagios_value`. */
const FIGURE_LABELS = ["label", "unit"];

function checkParser(section: CommandSection, { blame, isLost }: SectionContext): void {
  const { parser, metrics, output_of: outputOf, file } = section;
  if (parser === undefined) {
    if (metrics !== undefined && !isLost("parser"))
      blame('missing key "parser", wanted the format whose fields metrics name', ["metrics"], "key");
    return;
  }
  const { format } = parser;
  const isPreset = !Object.hasOwn(FORMATS, format);
  if (outputOf !== undefined && !isPreset) {
    blame(`found output_of with format ${format}, wanted one of them`, ["output_of"], "key");
  }
  if (format === "nagios" && file !== undefined)
    blame("found format nagios with file, wanted it with command: a file has no exit status", ["parser", "format"]);
  if (format === "nagios" && "labels" in parser)
    for (const label of FIGURE_LABELS.filter((one) => Object.hasOwn(parser.labels ?? {}, one)))
      blame(
        `found label ${quote(label)}, which figures have already, wanted another`,
        ["parser", "labels", label],
        "key",
      );
  const names = metrics !== undefined && metrics.length > 0;
  if (names && format !== "prometheus" && "labels" in parser)
    blame("found labels with metrics, wanted labels and constants of each metric", ["parser", "labels"], "key");
  if (names && (isPreset || format === "prometheus")) {
    blame(`found metrics with format ${format}, wanted none: it names them itself`, ["metrics"], "key");
  }
  if (!names && !isPreset && !isLost("metrics") && !SELF_NAMED.some((one) => one === format)) {
    blame(
      `missing key "metrics", wanted what becomes of the fields: format ${format} names no metrics`,
      ["parser"],
      "key",
    );
  }
}

/** Keys that have no meaning for a number of the configuration. */
const OF_FIELDS = ["convert", "scale", "enum", "absent"] as const;

function checkMetric(metric: MetricMapping, blame: Blame): void {
  const { name, type = "gauge", unit, value, scale, labels = {}, constants = {} } = metric;
  for (const key of typeof value === "string" ? [] : OF_FIELDS)
    if (metric[key] !== undefined) blame(`found ${key} with {number: N}, wanted it for a field only`, [key], "key");
  if (scale === 0) blame("found 0, by which each value would be 0, wanted another factor", ["scale"]);
  if (type === "counter" && !name.endsWith("_total"))
    blame(`found counter ${quote(name)}, wanted a name that ends in _total`, ["name"]);
  const stem = type === "counter" ? name.replace(/_total$/, "") : name;
  if (unit !== undefined && !stem.endsWith(`_${unit}`)) {
    const end = type === "counter" ? `_${unit}_total` : `_${unit}`;
    blame(`found unit ${quote(unit)} of ${quote(name)}, wanted a name that ends in ${end}`, ["unit"]);
  }
  for (const label of Object.keys(constants)) {
    if (Object.hasOwn(labels, label))
      blame(`found label ${quote(label)} in labels too, wanted it in one of them`, ["constants", label], "key");
  }
}
