import { ParseError, quote } from "../text.ts";
import { addOnce, type Field, type Fields } from "./keyed.ts";

/**
 * Parses the output of `Get-CimInstance … | ConvertTo-Json` for one object, which may be in a list. Names are converted to
 * lower case. Values are text: numbers as printed, null as empty text.
 * @throws ParseError for invalid JSON, several objects, and a duplicate name.
 */
export function parsePowerShellJson(text: string): Fields {
  const value = parseJson(text);
  const object = Array.isArray(value) && value.length === 1 ? value[0] : value;
  if (typeof object !== "object" || object === null || Array.isArray(object)) {
    throw new ParseError(`found ${quote(text)}, wanted JSON of one object`);
  }
  refuseDuplicateNames(text);
  const properties = new Map<string, Field>();
  for (const [name, found] of Object.entries(object)) {
    properties.set(name.toLowerCase(), { text: asText(found), line: 0 });
  }
  return properties;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text, asPrinted);
  } catch {
    throw new ParseError(`found ${quote(text)}, wanted JSON of one object`);
  }
}

/** Keeps the text of a number, so that one like `1e-9` isn't taken for a whole number. */
function asPrinted(_name: string, value: unknown, context?: { readonly source?: string }): unknown {
  return typeof value === "number" ? (context?.source ?? value) : value;
}

function asText(value: unknown): string {
  if (typeof value === "string") return value;
  if (value === null) return "";
  return typeof value === "object" ? "{…}" : String(value);
}

/** JSON.parse silently keeps the last of several members of the same name. The text must be valid JSON. */
function refuseDuplicateNames(text: string): void {
  const open: Map<string, true>[] = [];
  for (const [token, string, colon] of text.matchAll(/("(?:[^"\\]|\\.)*")(\s*:)?|[{}]/g)) {
    if (token === "{") open.push(new Map());
    else if (token === "}") open.pop();
    else if (string && colon) {
      addOnce(open.at(-1) ?? new Map(), String(JSON.parse(string)).toLowerCase(), true, 0);
    }
  }
}
