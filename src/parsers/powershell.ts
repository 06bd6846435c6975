import { ParseError, quote } from "../text.ts";
import { addOnce, type Field, type Fields } from "./keyed.ts";

/**
 * What `Get-CimInstance … | ConvertTo-Json` prints for one object: the object, or a list with nothing but it.
 * Numbers become text as they are printed, strings their text, null becomes empty text; names are in lower case.
 * @throws ParseError for text that isn't JSON from its first to its last character, several objects, and a name that comes twice.
 */
export function parsePowerShellJson(text: string): Fields {
  const value = parseJson(text);
  const object = Array.isArray(value) && value.length === 1 ? value[0] : value;
  if (typeof object !== "object" || object === null || Array.isArray(object)) {
    throw new ParseError(`found ${quote(text)}, wanted JSON of one object`);
  }
  refuseNamesTwice(text);
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

/** A number by its characters, so that one like `1e-9` doesn't pass for a whole one. */
function asPrinted(_name: string, value: unknown, context?: { readonly source?: string }): unknown {
  return typeof value === "number" ? (context?.source ?? value) : value;
}

function asText(value: unknown): string {
  if (typeof value === "string") return value;
  if (value === null) return "";
  return typeof value === "object" ? "{…}" : String(value);
}

/** JSON.parse keeps the last of several members of one name, which hides damage. The text is valid JSON here. */
function refuseNamesTwice(text: string): void {
  const open: Map<string, true>[] = [];
  for (const [token, string, colon] of text.matchAll(/("(?:[^"\\]|\\.)*")(\s*:)?|[{}]/g)) {
    if (token === "{") open.push(new Map());
    else if (token === "}") open.pop();
    else if (string && colon) {
      addOnce(open.at(-1) ?? new Map(), String(JSON.parse(string)).toLowerCase(), true, 0);
    }
  }
}
