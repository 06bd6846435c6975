import { RE2JS } from "re2js";
import { quote } from "../text.ts";

const PATTERN_LIMIT = 1000;
/** Limit of the instructions of a compiled pattern, each of which may be tried at each character. `a{1000}` has 1,000. */
const STEP_LIMIT = 5000;

/** A pattern in the syntax of RE2. Matching takes linear time. */
export type Pattern = {
  /** The names of its groups. */
  readonly groups: readonly string[];
  /** The named groups of the first match; undefined without a match. Groups that didn't match are undefined. */
  readonly find: (text: string) => ReadonlyMap<string, string | undefined> | undefined;
  /** Whether it matches anywhere. */
  readonly test: (text: string) => boolean;
  /** Whether it matches the whole text. */
  readonly matches: (text: string) => boolean;
};

/** Compiles a pattern, or returns an error message. */
export function compilePattern(pattern: string): Pattern | string {
  if (pattern.length > PATTERN_LIMIT) {
    return `found a pattern of ${pattern.length} characters, wanted at most ${PATTERN_LIMIT}`;
  }
  try {
    const compiled = RE2JS.compile(pattern);
    const steps = compiled.programSize();
    if (steps <= STEP_LIMIT) return ready(compiled);
    return `found ${quote(pattern)}, wanted a pattern of at most ${STEP_LIMIT} steps, and its repetitions make ${steps}`;
  } catch (error) {
    const message = error instanceof Error ? error.message.replace(/^error parsing regexp: /, "") : "";
    return `found ${quote(pattern)}, wanted a pattern of RE2: ${message.replace(/: `[\s\S]*`$/, "")}`;
  }
}

function ready(compiled: RE2JS): Pattern {
  const groups = Object.keys(compiled.namedGroups());
  return {
    groups,
    find: (text) => {
      const matcher = compiled.matcher(text);
      return matcher.find() ? new Map(groups.map((name) => [name, matcher.group(name) ?? undefined])) : undefined;
    },
    test: (text) => compiled.matcher(text).find(),
    matches: (text) => compiled.matches(text),
  };
}
