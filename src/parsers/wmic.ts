import { counted, ParseError, quote } from "../text.ts";
import { addOnce, type Field, type Fields, readKeyed } from "./keyed.ts";
import { type Line, requireLineEnd } from "./lines.ts";

/** Properties of a Win32 object by name in lower case, since WMI ignores case. Empty if there is no value. */
export type Properties = Fields;

const NAME = /^[A-Za-z_]\w*$/;

/**
 * Parses the output of `wmic … get` for one object: lines `Name=value` (`/Value`, `/format:list`), or a table of one row.
 * @throws ParseError for any other format, several objects, a duplicate property, and one that may have lost its value.
 */
export function parseWmic(lines: readonly Line[]): Properties {
  const [first, ...rest] = lines;
  if (!first) throw new ParseError("found no output, wanted the properties of wmic");
  return first.text.includes("=") ? parseList(lines) : parseTable(first, rest);
}

function parseList(lines: readonly Line[]): Properties {
  const read = (line: Line): [string, Field] | undefined => {
    const [, name, value = ""] = /^([A-Za-z_]\w*)\s*=(.*)$/.exec(line.text) ?? [];
    return name === undefined ? undefined : [name.toLowerCase(), fieldOf(value.trim(), line)];
  };
  return readKeyed(lines, read, '"Name=value"');
}

/** A column has the width of its widest cell and two spaces, so each cell begins below its heading. */
function parseTable(head: Line, rows: readonly Line[]): Properties {
  const [row, another] = rows;
  if (!row || another) {
    throw new ParseError(
      `found ${counted(rows.length, "row")} below ${quote(head.text)}, wanted one`,
      (another ?? head).number,
    );
  }
  const columns = [...head.text.matchAll(/\S+/g)];
  const properties = new Map<string, Field>();
  columns.forEach((column, i) => {
    const before = column.index === 0 ? " " : row.text.charAt(column.index - 1);
    const cell = row.text.slice(column.index, columns[i + 1]?.index);
    const value = cell.trim();
    if (!NAME.test(column[0]) || /\S/.test(before) || !cell.startsWith(value) || (i === 0 && column.index > 0)) {
      throw new ParseError(`found ${quote(row.text)}, wanted a value below each of ${quote(head.text)}`, row.number);
    }
    addOnce(properties, column[0].toLowerCase(), fieldOf(value, row), row.number);
  });
  return properties;
}

function fieldOf(value: string, line: Line): Field {
  if (value === "") requireLineEnd(line);
  return { text: value, line: line.number };
}
