import { OUTCOMES } from "../command/outcome.ts";
import { type Command, flagsOf, type Program, type ShownFlag } from "./program.ts";

/** What the page says besides the tables of the program. */
type Facts = {
  readonly version: string;
  /** Of the build, as 2026-11-22; empty where nobody built it. */
  readonly date: string;
  /** Each exit status and when it is given. */
  readonly statuses: readonly (readonly [number, string])[];
  /** The variable that stands for a flag. */
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
    section("DESCRIPTION", text(about), ".PP", text(`Without a command it does what ${first?.name} does.`)),
    section("COMMANDS", ...commands.map(commandBlock)),
    section("OPTIONS", text("Behind each are the commands that take it.")),
    ...groups.map((group) =>
      [`.SS ${argument(group)}`, ...flags.filter(([flag]) => flag.group === group).map(flagBlock)].join("\n"),
    ),
    section(
      "ENVIRONMENT",
      text(
        `Every flag can be set by a variable: ${example} stands for --log.level. A flag wins over its variable. The values of a flag that can be repeated are separated by commas there.`,
      ),
    ),
    section("EXIT STATUS", ...statuses.map(([status, when]) => tagged(`\\fB${status}\\fR`, when))),
    section(
      "SIGNALS",
      tagged("\\fBSIGTERM\\fR, \\fBSIGINT\\fR, \\fBSIGQUIT\\fR", "Stop; a second one ends the program at once."),
      tagged("\\fBSIGHUP\\fR", "Read the configuration again; a bad one changes nothing."),
    ),
    section(
      "OUTCOMES",
      text(`How a run of a command ended, as the metric ${name}_command_runs_total counts it: ${OUTCOMES.join(", ")}.`),
    ),
    section(
      "EXAMPLES",
      tagged(`\\fB${name} once \\-\\-format=table\\fR`, "What the memory command gives, now."),
      tagged(`\\fB${name} \\-\\-command \\(aqsudo free \\-m\\(aq\\fR`, "Serve what another command line prints."),
      tagged(
        `\\fB${name} try \\-\\-config.file=commands.yml gpu\\fR`,
        "Run one command of a configuration file, and show what becomes of its output.",
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

/** A paragraph behind a tag that is written already. */
function tagged(tag: string, paragraph: string): string {
  return `.TP\n${tag}\n${text(paragraph)}`;
}

/** A paragraph. */
function text(paragraph: string): string {
  return roff(paragraph);
}

/** Text of the page: nothing in it is a request or an escape, and a dash is one that can be copied. */
function roff(plain: string): string {
  return plain
    .replaceAll("\\", "\\e")
    .replaceAll("-", "\\-")
    .replace(/^(?=[.'])/gm, "\\&");
}

/** A word of a request, in quotes. */
function argument(plain: string): string {
  return `"${roff(plain).replaceAll('"', "\\(dq")}"`;
}
