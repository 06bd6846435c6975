import { OUTCOMES } from "../command/outcome.ts";
import { type Command, flagsOf, type Program, type ShownFlag } from "./program.ts";

/** Data of the page that the tables of the program don't have. */
type Facts = {
  readonly version: string;
  /** Build date, as 2026-11-22; empty when the sources are run. */
  readonly date: string;
  /** Exit statuses and their descriptions. */
  readonly statuses: readonly (readonly [number, string])[];
  /** The environment variable of a flag. */
  readonly variableOf: (flag: string) => string;
};

/** The manual page, in the macros of man(7). */
export function manPage(program: Program, { version, date, statuses, variableOf }: Facts): string {
  const { name, about, commands } = program;
  const [first] = commands;
  const flags = flagsOf(program);
  const groups = [...new Set(flags.map(([flag]) => flag.group))];
  const example = variableOf("log.level");
  const blocks = [
    `.TH ${[name.toUpperCase(), "1", date, `${name} ${version}`, "User Commands"].map(argument).join(" ")}`,
    section("NAME", text(`${name} - Prometheus exporter of the memory command`)),
    section("SYNOPSIS", `.B ${roff(name)}\n[\\fIcommand\\fR] [\\fIflags\\fR]`),
    section("DESCRIPTION", text(about), ".PP", text(`The default command is ${first?.name}.`)),
    section("COMMANDS", ...commands.map(commandBlock)),
    section("OPTIONS", text("The commands that accept an option are listed after it.")),
    ...groups.map((group) =>
      [`.SS ${argument(group)}`, ...flags.filter(([flag]) => flag.group === group).map(flagBlock)].join("\n"),
    ),
    section(
      "ENVIRONMENT",
      text(
        `Every flag can also be set by an environment variable: ${example} for --log.level. A flag takes precedence over its variable. In the variable of a repeatable flag, values are separated by commas.`,
      ),
    ),
    section("EXIT STATUS", ...statuses.map(([status, when]) => tagged(`\\fB${status}\\fR`, when))),
    section(
      "SIGNALS",
      tagged(
        "\\fBSIGTERM\\fR, \\fBSIGINT\\fR, \\fBSIGQUIT\\fR",
        "Stop gracefully. A second one stops the program at once.",
      ),
      tagged("\\fBSIGHUP\\fR", "Reload the configuration. An invalid one has no effect."),
    ),
    section(
      "OUTCOMES",
      text(`Values of the label outcome of the metric ${name}_command_runs_total: ${OUTCOMES.join(", ")}.`),
    ),
    section(
      "EXAMPLES",
      tagged(`\\fB${name} once \\-\\-format=table\\fR`, "Run the memory command once and print its metrics."),
      tagged(`\\fB${name} \\-\\-command \\(aqsudo free \\-m\\(aq\\fR`, "Serve the output of another command line."),
      tagged(
        `\\fB${name} try \\-\\-config.file=commands.yml gpu\\fR`,
        "Run one command of a configuration file, and show how its output is parsed.",
      ),
      tagged(`\\fB${name} print alerts \\-\\-alerts.used\\-ratio=0.8\\fR`, "Alerting rules with another threshold."),
    ),
    section("SEE ALSO", "\\fBfree\\fR(1), \\fBprometheus\\fR(1), \\fBpromtool\\fR(1), \\fBsystemd.unit\\fR(5)"),
  ];
  return `${blocks.join("\n")}\n`;
}

function section(title: string, ...blocks: readonly string[]): string {
  return [`.SH ${argument(title)}`, ...blocks].join("\n");
}

function commandBlock({ name, about, operands }: Command): string {
  const words = operands.map(({ placeholder }) => ` \\fI${roff(placeholder)}\\fR`);
  const choices = operands.flatMap(({ choices = {} }) =>
    Object.entries(choices).flatMap(([word, choice]) => (choice.about === "" ? [] : [{ word, ...choice }])),
  );
  const listed = name === "help" ? [] : choices;
  const rows = listed.map(({ word, about: meaning, followers = [] }) => {
    const more = followers.length > 0 ? ` [\\fI${followers.map(roff).join("\\fR|\\fI")}\\fR]` : "";
    return tagged(`\\fB${roff(word)}\\fR${more}`, meaning);
  });
  const list = rows.length > 0 ? [".RS", ...rows, ".RE"] : [];
  return [tagged(`\\fB${roff(name)}\\fR${words.join("")}`, about), ...list].join("\n");
}

function flagBlock([flag, commands]: readonly [ShownFlag, readonly string[]]): string {
  const { name, aliases = [], placeholder, shown, repeatable, help } = flag;
  const isNegated = placeholder === undefined && name !== "help" && name !== "version";
  const dashed = (one: string) => `\\fB${roff(one.length > 1 ? `--${one}` : `-${one}`)}\\fR`;
  const value = placeholder === undefined ? "" : `=\\fI${roff(placeholder)}\\fR`;
  const names = [
    `${dashed(name)}${value}`,
    ...aliases.map(dashed),
    ...(isNegated ? [`\\fB${roff(`--no-${name}`)}\\fR`] : []),
  ];
  const notes = [
    help,
    ...(placeholder !== undefined && shown !== undefined ? [`Default: ${shown}.`] : []),
    ...(repeatable && !help.includes("Repeatable") ? ["Repeatable."] : []),
    `(${commands.join(", ")})`,
  ];
  return tagged(names.join(", "), notes.join(" "));
}

/** A tagged paragraph. The tag is roff already. */
function tagged(tag: string, paragraph: string): string {
  return `.TP\n${tag}\n${text(paragraph)}`;
}

/** A paragraph. */
function text(paragraph: string): string {
  return roff(paragraph);
}

/** Escapes text for roff. Dashes are kept as ASCII, so that they can be copied. */
function roff(plain: string): string {
  return plain
    .replaceAll("\\", "\\e")
    .replaceAll("-", "\\-")
    .replace(/^(?=[.'])/gm, "\\&");
}

/** An argument of a request, in quotes. */
function argument(plain: string): string {
  return `"${roff(plain).replaceAll('"', "\\(dq")}"`;
}
