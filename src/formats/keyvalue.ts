import { ParseError, quote } from "../text.ts";
import { decodeText } from "./decode.ts";
import type { KeyValueFormat } from "./format.ts";
import { namedRow, type RowFormat } from "./record.ts";
import { eachLine } from "./text_lines.ts";

/** Lines of a name and a value. */
export function keyValueFormat({ separator = "=", comment, paragraphs = false }: KeyValueFormat): RowFormat {
  return {
    none: "found no line, wanted names and values",
    each: ({ stdout }, visitor) => {
      let values = new Map<string, string>();
      let first = 0;
      const end = () => {
        if (values.size > 0) visitor.row(namedRow(paragraphs ? first : 0, values));
        values = new Map();
      };
      eachLine(decodeText(stdout), (text, line) => {
        const written = text.trim();
        if (written === "") {
          if (paragraphs) end();
          return;
        }
        if (comment && written.startsWith(comment)) return;
        const [name, value] = pairOf(written, separator, line);
        if (values.has(name)) throw new ParseError(`found ${quote(name)} twice, wanted it once`, line);
        if (values.size === 0) first = line;
        values.set(name, value);
      });
      end();
    },
  };
}

function pairOf(text: string, separator: string, line: number): readonly [string, string] {
  const isBlank = separator.trim() === "";
  const at = isBlank ? text.search(/\s/) : text.indexOf(separator);
  const name = text.slice(0, Math.max(at, 0)).trimEnd();
  if (name === "") throw new ParseError(`found ${quote(text)}, wanted a name, ${quote(separator)} and a value`, line);
  return [name, text.slice(at + (isBlank ? 1 : separator.length)).trim()];
}
