import { quote } from "../text.ts";
import type { Blame, CommandEnv } from "./command_env.ts";
import type { SectionContext } from "./command_rules.ts";
import type { CommandSection } from "./command_schema.ts";
import { faultOf, type Parameter, readParameter } from "./parameters.ts";

/** Programs that execute code in an argument, and the options that precede it. */
const SCRIPTED = /^(?:[a-z]{0,3}sh|busybox|su|env|python[\d.]*|perl|ruby|node|deno|php|lua[\d.]*|[gmn]?awk|sed)$/;
const SCRIPT_OPTION = /^(?:-[a-zA-Z]*[ceErS]|--command|--eval|--expression|--split-string)$/;
const SCRIPT_FIRST = /^(?:[gmn]?awk|sed|eval)$/;
/** Programs that join their arguments to a shell line, which runs here or on another host. */
const JOINERS: ReadonlySet<string> = new Set(["ssh", "eval", "watch"]);

/** Reads the parameters of a command. Each has to be declared and used, and never in a shell line. */
export async function readParameters(
  section: CommandSection,
  env: CommandEnv,
  { blame, isLost }: Pick<SectionContext, "blame" | "isLost">,
): Promise<readonly Parameter[]> {
  const { parameters = {}, command, interval } = section;
  const used = usesOf(section, env);
  for (const { name, path } of used) {
    if (!Object.hasOwn(parameters, name) && !isLost("parameters", name))
      blame(`found parameter ${quote(name)}, which parameters doesn't declare`, path);
  }
  const names = Object.keys(parameters);
  if (names.length > 0 && typeof command === "string") {
    const way = "wanted command as a list, like [/bin/sh, -c, 'ping -c1 \"$1\"', sh, {parameter: target}]";
    blame(
      `found parameters with a shell line, ${way}: a parameter is never part of a shell line`,
      ["parameters"],
      "key",
    );
  }
  if (names.length > 0 && interval !== undefined)
    blame("found interval with parameters, wanted none: such a command runs when it is asked for", ["interval"], "key");
  if (Array.isArray(command)) checkPlaces(command, blame);
  const read: Parameter[] = [];
  for (const [name, one] of Object.entries(parameters)) {
    if (name === "command")
      blame(
        'found parameter "command", by which a request names the command, wanted another name',
        ["parameters", name],
        "key",
      );
    const mayUse = typeof command === "string" || isLost("command") || isLost("env");
    if (!mayUse && !used.some((use) => use.name === name))
      blame(`found parameter ${quote(name)}, which neither command nor env uses`, ["parameters", name], "key");
    const parameter = await readParameter(name, one);
    if (typeof parameter === "string") blame(parameter, ["parameters", name, "pattern"]);
    else {
      const fault = parameter.fallback === undefined ? undefined : faultOf(parameter.fallback, parameter);
      if (fault !== undefined) blame(fault, ["parameters", name, "default"]);
      read.push(parameter);
    }
  }
  return read;
}

type Use = { readonly name: string; readonly path: readonly (string | number)[] };

function usesOf({ command }: CommandSection, env: CommandEnv): readonly Use[] {
  const words = Array.isArray(command) ? command : [];
  return [
    ...words.flatMap((word: unknown, index: number) => {
      const name = parameterOf(word);
      return name === undefined ? [] : [{ name, path: ["command", index] }];
    }),
    ...[...env.parameters].map(([variable, name]) => ({ name, path: ["env", variable] })),
  ];
}

/** The name of the parameter that replaces a word of a command; undefined for other words. */
export function parameterOf(word: unknown): string | undefined {
  return typeof word === "object" && word !== null && "parameter" in word ? String(word.parameter) : undefined;
}

/** Refuses a parameter where a program would execute it as code. */
function checkPlaces(command: readonly unknown[], blame: Blame): void {
  const names = command.map((word) => (typeof word === "string" ? (/[^/]*$/.exec(word)?.[0] ?? "") : ""));
  command.forEach((word, index) => {
    if (parameterOf(word) === undefined) return;
    const [before = "", ...others] = names.slice(0, index).reverse();
    const isScript =
      SCRIPT_FIRST.test(before) || (SCRIPT_OPTION.test(before) && others.some((one) => SCRIPTED.test(one)));
    const path = ["command", index];
    if (isScript) blame(`found a parameter behind ${before}, which takes a program there, wanted it elsewhere`, path);
    const joiner = others.find((one) => JOINERS.has(one));
    if (joiner)
      blame(`found a parameter of ${joiner}, which makes a shell line of its arguments, wanted none there`, path);
  });
}
