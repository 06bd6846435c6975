import { JSONPathEnvironment, type JSONPathQuery, type JSONValue, jsonpath } from "json-p3";
import { ParseError, quote } from "../text.ts";
import { DEPTH_LIMIT } from "./json_text.ts";
import { compilePattern, type Pattern } from "./re2.ts";

const PATH_LIMIT = 500;
const SEGMENT_LIMIT = 50;
/** Limit of `..` in a path, and of lists in brackets. */
const COSTLY_LIMIT = 2;

/** A path of RFC 9535. */
export type JsonPath = {
  /** Calls `visit` with each value that it selects. */
  readonly each: (value: unknown, visit: (found: unknown) => void) => void;
  /** The value that it selects. Undefined for none. @throws ParseError for several */
  readonly one: (value: unknown) => unknown;
};

/** Compiles a path, or returns what is wrong with it. Its functions `match` and `search` take linear time. */
export function compilePath(text: string): JsonPath | string {
  if (text.length > PATH_LIMIT) return `found a path of ${text.length} characters, wanted at most ${PATH_LIMIT}`;
  let query: JSONPathQuery;
  try {
    query = environment().compile(text);
  } catch (error) {
    if (/^\s*\{/.test(text)) return withoutBraces(text);
    const message = error instanceof Error ? error.message.replace(/ \([\s\S]*$/, "") : "";
    return `found ${quote(text)}, wanted a JSONPath: ${message}`;
  }
  const costly = costOf(query, false);
  if (costly !== undefined) return `found ${quote(text)}, wanted a path ${costly}`;
  return {
    each: (value, visit) => {
      for (const node of query.lazyQuery(value as JSONValue)) visit(node.value);
    },
    one: (value) => {
      let found: unknown;
      let count = 0;
      for (const node of query.lazyQuery(value as JSONValue)) {
        found = node.value;
        count += 1;
        if (count > 1) throw new ParseError(`found several values at ${quote(text)}, wanted one`);
      }
      return found;
    },
  };
}

/** The message about a path as kubectl and json_exporter have it. */
export function withoutBraces(text: string): string {
  return `found ${quote(text)}, wanted a JSONPath without braces, which begins with $ (RFC 9535)`;
}

function environment(): JSONPathEnvironment {
  const made = new JSONPathEnvironment({ maxRecursionDepth: DEPTH_LIMIT + 1 });
  for (const [name, how] of [
    ["match", "matches"],
    ["search", "test"],
  ] as const) {
    const own = made.functionRegister.get(name);
    if (own) made.functionRegister.set(name, { argTypes: own.argTypes, returnType: own.returnType, call: tester(how) });
  }
  return made;
}

/** Uses RE2 instead of the runtime's patterns, which may take exponential time. The last compiled pattern is cached. */
function tester(how: "matches" | "test"): (text: unknown, pattern: unknown) => boolean {
  let last: { readonly text: string; readonly pattern: Pattern | string } | undefined;
  return (text, pattern) => {
    if (typeof text !== "string" || typeof pattern !== "string" || pattern.length > PATH_LIMIT) return false;
    if (last?.text !== pattern) last = { text: pattern, pattern: compilePattern(fromIRegexp(pattern)) };
    return typeof last.pattern === "string" ? false : last.pattern[how](text);
  };
}

/** A dot of I-Regexp (RFC 9485) doesn't match LF and CR. */
function fromIRegexp(pattern: string): string {
  return pattern.replace(/\\[\s\S]|\[(?:\\[\s\S]|[^\]\\])*\]|\./g, (part) => (part === "." ? "[^\\n\\r]" : part));
}

/**
 * Refuses invalid patterns, and paths that could take more than linear time: those with several descents or that select a value
 * several times. Returns what a path must be instead, or undefined if this one is allowed.
 */
function costOf({ segments }: JSONPathQuery, isFromRoot: boolean): string | undefined {
  if (segments.length > SEGMENT_LIMIT) return `of at most ${SEGMENT_LIMIT} parts`;
  const several = segments.filter(({ selectors }) => selectors.length > 1).length;
  const descents = segments.filter((segment) => segment.toString().startsWith("..")).length;
  if (descents > COSTLY_LIMIT) return `with ".." at most ${COSTLY_LIMIT} times`;
  if (several > COSTLY_LIMIT) return `with a list in brackets at most ${COSTLY_LIMIT} times`;
  for (const { selectors } of segments) {
    if (selectors.length > 10) return "with at most 10 parts in brackets";
    for (const selector of selectors) {
      if (isFromRoot && !("name" in selector || "index" in selector)) return 'whose "$" in a filter finds one value';
      const cost = "expression" in selector ? costOfFilter(selector.expression as Expression) : undefined;
      if (cost !== undefined) return cost;
    }
  }
  return isFromRoot && descents > 0 ? 'whose "$" in a filter finds one value' : undefined;
}

/** The parts of a filter expression. */
type Expression = {
  readonly name?: string;
  readonly value?: unknown;
  readonly path?: JSONPathQuery;
  readonly left?: Expression;
  readonly right?: Expression;
  readonly expression?: Expression;
  readonly args?: readonly Expression[];
};

function costOfFilter(expression: Expression): string | undefined {
  const { name, path, left, right, expression: inner, args = [] } = expression;
  if (path) return costOf(path, expression instanceof jsonpath.expressions.RootQuery);
  const pattern = name === "match" || name === "search" ? args[1]?.value : undefined;
  const compiled = typeof pattern === "string" ? compilePattern(fromIRegexp(pattern)) : undefined;
  if (typeof compiled === "string") return `whose pattern is right: ${compiled}`;
  for (const part of [left, right, inner, ...args]) {
    const cost = part && costOfFilter(part);
    if (cost !== undefined) return cost;
  }
  return undefined;
}
