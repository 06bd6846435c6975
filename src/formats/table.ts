import { columnFault, columnReader, columnsProblem } from "./columns.ts";
import { decodeText } from "./decode.ts";
import type { FormatProblem, TableFormat } from "./format.ts";
import type { RowFormat } from "./record.ts";
import { eachLine } from "./text_lines.ts";

/** Rows of words. */
export function tableFormat(format: TableFormat): RowFormat | FormatProblem {
  const problem = columnsProblem(format);
  if (problem) return problem;
  const { skip = 0, comment } = format;
  const split = splitter(format);
  return {
    none: "found no row, wanted a table",
    fault: columnFault(format),
    each: ({ stdout }, visitor) => {
      const read = columnReader(format, visitor);
      eachLine(decodeText(stdout), (text, line) => {
        const written = text.trim();
        if (line <= skip || written === "" || (comment && written.startsWith(comment))) return;
        read(split(text), line);
      });
    },
  };
}

function splitter({ separator, rest = false, columns }: TableFormat): (text: string) => readonly string[] {
  if (separator !== undefined && separator.trim() !== "") return (text) => bordered(text.trim(), separator);
  if (separator === "\t") return (text) => text.split("\t").map((cell) => cell.trim());
  const blanks = separator === undefined || separator === " " ? /\s+/ : /\t|\s{2,}/;
  let width = rest ? columns?.length : undefined;
  return (line) => {
    const text = line.trim();
    const cells = text.split(blanks);
    if (!rest) return cells;
    width ??= cells.length;
    return cells.length <= width ? cells : [...cells.slice(0, width - 1), restOf(text, blanks, width - 1)];
  };
}

function bordered(text: string, separator: string): readonly string[] {
  const from = text.startsWith(separator) ? separator.length : 0;
  const to = text.length > from && text.endsWith(separator) && from > 0 ? text.length - separator.length : text.length;
  return text
    .slice(from, to)
    .split(separator)
    .map((cell) => cell.trim());
}

/** The rest of a line after the first cells. */
function restOf(text: string, blanks: RegExp, cells: number): string {
  const gaps = new RegExp(blanks, "g");
  for (let i = 0; i < cells; i++) gaps.exec(text);
  return text.slice(gaps.lastIndex);
}
