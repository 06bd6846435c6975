import { ParseError, quote } from "../text.ts";
import { type Line, requireLineEnd } from "./lines.ts";

/** A property of a Win32 object: its value as text, empty where it has none. */
export type Property = { readonly value: string; readonly line: number };

/** Properties by name in lower case: WMI's names don't tell upper from lower case. */
export type Properties = ReadonlyMap<string, Property>;

const NAME = /^[A-Za-z_]\w*$/;

/**
 * The output of `wmic … get` for one object: `Name=value` lines (`/Value`, `/format:list`) or a table of one row.
 * Values are not looked at.
 * @throws ParseError for another shape, several objects, a property twice, and one that may have lost its value.
 */
export function parseWmic(lines: readonly Line[]): Properties {
  const [first, ...rest] = lines;
  if (!first) throw new ParseError("found no output, wanted the properties of wmic");
  return first.text.includes("=") ? parseList(lines) : parseTable(first, rest);
}

function parseList(lines: readonly Line[]): Properties {
  const properties = new Map<string, Property>();
  for (const line of lines) {
    const end = line.text.indexOf("=");
    const name = line.text.slice(0, Math.max(end, 0)).trimEnd();
    if (!NAME.test(name)) throw new ParseError(`found ${quote(line.text)}, wanted "Name=value"`, line.number);
    add(properties, name, line.text.slice(end + 1).trim(), line);
  }
  return properties;
}

/** Columns are as wide as their widest cell and two spaces, so every cell begins below its heading. */
function parseTable(head: Line, rows: readonly Line[]): Properties {
  const [row, another] = rows;
  if (!row || another) {
    throw new ParseError(`found ${rows.length} rows below ${quote(head.text)}, wanted one`, (another ?? head).number);
  }
  const columns = [...head.text.matchAll(/\S+/g)];
  const properties = new Map<string, Property>();
  columns.forEach((column, i) => {
    const before = column.index === 0 ? " " : row.text.charAt(column.index - 1);
    const cell = row.text.slice(column.index, columns[i + 1]?.index);
    const value = cell.trim();
    if (!NAME.test(column[0]) || /\S/.test(before) || !cell.startsWith(value) || (i === 0 && column.index > 0)) {
      throw new ParseError(`found ${quote(row.text)}, wanted a value below each of ${quote(head.text)}`, row.number);
    }
    add(properties, column[0], value, row);
  });
  return properties;
}

function add(properties: Map<string, Property>, name: string, value: string, line: Line): void {
  const key = name.toLowerCase();
  if (properties.has(key)) throw new ParseError(`found ${quote(name)} twice, wanted one object`, line.number);
  if (value === "") requireLineEnd(line);
  properties.set(key, { value, line: line.number });
}
