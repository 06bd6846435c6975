import { quote } from "../text.ts";
import type { ParameterSection } from "./command_schema.ts";

/** Parameters that a request may set for a command, and their values. */

/** One declared parameter. */
export type Parameter = {
  readonly name: string;
  readonly pattern: string;
  /** Whether the pattern matches the whole value. */
  readonly matches: (value: string) => boolean;
  readonly maxLength: number;
  readonly fallback: string | undefined;
};

const MAX_LENGTH = 253;

/** A parameter with its compiled pattern (RE2, linear time), or what is wrong with the pattern. Loads RE2 on demand. */
export async function readParameter(name: string, section: ParameterSection): Promise<Parameter | string> {
  const { pattern, max_length: maxLength = MAX_LENGTH, default: fallback } = section;
  const { compilePattern } = await import("../formats/re2.ts");
  const compiled = compilePattern(pattern);
  return typeof compiled === "string" ? compiled : { name, pattern, matches: compiled.matches, maxLength, fallback };
}

/** The values of all parameters from a request and the defaults, or what is wrong with the request. */
export function valuesOf(
  parameters: readonly Parameter[],
  given: ReadonlyMap<string, string>,
): ReadonlyMap<string, string> | string {
  const names = parameters.map(({ name }) => name);
  for (const name of given.keys()) {
    if (!names.includes(name))
      return `unknown parameter ${quote(name)}, wanted ${names.length > 0 ? `one of ${names.join(", ")}` : "none"}`;
  }
  const values = new Map<string, string>();
  for (const parameter of parameters) {
    const value = given.get(parameter.name) ?? parameter.fallback;
    if (value === undefined) return `missing parameter ${parameter.name}`;
    const fault = faultOf(value, parameter);
    if (fault !== undefined) return `parameter ${parameter.name}: ${fault}`;
    values.set(parameter.name, value);
  }
  return values;
}

/** What is wrong with a value; undefined if nothing is. */
export function faultOf(value: string, { matches, maxLength, pattern }: Parameter): string | undefined {
  if (value.length > maxLength) return `found ${value.length} characters, wanted at most ${maxLength}`;
  if (value.includes("\0") || !value.isWellFormed()) return `found ${quote(value)}, wanted a text without NUL`;
  return matches(value) ? undefined : `found ${quote(value)}, wanted a value that matches ${pattern}`;
}
