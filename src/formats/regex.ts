import { ParseError, quote } from "../text.ts";
import { decodeText } from "./decode.ts";
import type { FormatProblem, RegexFormat } from "./format.ts";
import { compilePattern } from "./re2.ts";
import { namedRow, type RowFormat } from "./record.ts";
import { eachLine } from "./text_lines.ts";

/** Lines that match a pattern. Returns a problem if the pattern is invalid. */
export function regexFormat({ pattern, unmatched = "skip" }: RegexFormat): RowFormat | FormatProblem {
  const compiled = compilePattern(pattern);
  const path = ["parser", "pattern"];
  if (typeof compiled === "string") return { path, message: compiled };
  const { groups, find } = compiled;
  if (groups.length === 0) return { path, message: `found ${quote(pattern)}, wanted named groups: (?P<name>…)` };
  return {
    none: `found no line that matches ${quote(pattern)}, wanted one, or missing: absent in all metrics`,
    fault: (field) =>
      groups.includes(field)
        ? undefined
        : `found field ${quote(field)}, wanted a group of the pattern: ${groups.join(", ")}`,
    each: ({ stdout }, visitor) => {
      eachLine(decodeText(stdout), (text, line) => {
        const found = find(text);
        if (found) visitor.row(namedRow(line, found));
        else if (unmatched === "error" && text.trim() !== "") {
          throw new ParseError(`found ${quote(text)}, wanted a line that matches the pattern`, line);
        }
      });
    },
  };
}
