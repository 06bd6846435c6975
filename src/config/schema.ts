import * as v from "valibot";
import { nearest, orNear } from "../nearest.ts";
import { quote } from "../text.ts";
import type { Checked, Problem } from "./problem.ts";
import type { Leaf, Step, Tree, YamlFile } from "./yaml.ts";

/** Building blocks of schemas for YAML trees. The schema of a field decides how its scalar is read. */

/** Any scalar, as it is written: `0`, `yes` and `"0"` are texts too. */
export const text = v.pipe(v.custom<Leaf>(isLeaf, found("a text")), v.transform(textOf));

/** A scalar that must not be shown. */
export const secret = v.pipe(v.custom<Leaf>(isLeaf, "found no text (not shown), wanted one"), v.transform(textOf));

const TRUE = /^(?:y|Y|yes|Yes|YES|true|True|TRUE|on|On|ON)$/;
const FALSE = /^(?:n|N|no|No|NO|false|False|FALSE|off|Off|OFF)$/;

/** A boolean of YAML 1.1, not in quotes. */
export const flag = v.pipe(
  v.custom<Leaf>(
    (input) => isPlain(input) && (TRUE.test(input.text) || FALSE.test(input.text)),
    found("true or false"),
  ),
  v.transform((leaf) => TRUE.test(leaf.text)),
);

/** A whole number, not negative, not in quotes. */
export const wholeNumber = v.pipe(
  v.custom<Leaf>((input) => isPlain(input) && /^\d{1,9}$/.test(input.text), found("a whole number, 0 or more")),
  v.transform((leaf) => Number(leaf.text)),
);

/** A mapping with known keys. A key without a value is null. */
export function fields<const Entries extends v.ObjectEntries>(entries: Entries) {
  const object = v.object(entries, (issue) => `missing key ${issue.expected}`);
  // A key that is written wrong isn't missing too.
  const missingKey = (key: string) => `missing key "${key}"`;
  type Output = v.InferOutput<v.ObjectSchema<Entries, undefined>>;
  return v.pipe(
    v.custom<ReadonlyMap<string, Tree>>(isMapping, foundKind("a mapping")),
    // A strict object of valibot would report only the first unknown key.
    v.rawTransform(({ dataset, addIssue, NEVER }): Output => {
      const input = toObject(dataset.value);
      const known = Object.keys(entries).filter((key) => !isRefused(entries[key]));
      const unknown = [...dataset.value.keys()].filter((key) => !Object.hasOwn(entries, key));
      const meant = new Map(unknown.map((key) => [key, nearest(key, known) ?? key]));
      for (const [key, value] of meant)
        addIssue({ message: unknownKey(key, known), path: [{ type: "object", origin: "key", input, key, value }] });
      const result = v.safeParse(object, input);
      const missing = [...meant.values()].map(missingKey);
      for (const { message, path } of result.issues ?? [])
        if (!missing.includes(message)) addIssue({ message, ...(path && { path }) });
      return result.success ? result.output : NEVER;
    }),
    v.metadata({ entries }),
  );
}

/** A key that Prometheus knows and the exporter refuses. `why` says what to use instead. */
export function refused(why: string) {
  return v.optional(
    v.pipe(
      v.custom<never>(() => false, `found a key that isn't supported, ${why}`),
      v.metadata({ why }),
    ),
  );
}

function isRefused(schema: unknown): boolean {
  const { wrapped } = schema as { readonly wrapped?: v.GenericSchema };
  return wrapped !== undefined && "why" in v.getMetadata(wrapped);
}

function unknownKey(key: string, known: readonly string[]): string {
  return `unknown key ${quote(key)}${orNear(key, known)} one of ${known.join(", ")}`;
}

/** Without a prototype, so that it has only the keys of the file. */
function toObject(mapping: ReadonlyMap<string, Tree>): Record<string, Tree> {
  return Object.assign(Object.create(null), Object.fromEntries(mapping));
}

/** A mapping with keys of the user's own. */
export function dictionary<const Value extends v.GenericSchema>(value: Value) {
  return v.map(v.string(), value, foundKind("a mapping"));
}

export function list<const Item extends v.GenericSchema>(item: Item) {
  return v.array(item, foundKind("a list"));
}

/** Checks a file's content against a schema. Reports all mistakes with their places. */
export function checkTree<const Schema extends v.GenericSchema>(
  schema: Schema,
  file: YamlFile,
): Checked<v.InferOutput<Schema>> {
  const result = v.safeParse(schema, file.tree);
  if (result.success && file.problems.length === 0) return { kind: "ok", value: result.output };
  const problems = [...file.problems, ...(result.issues ?? []).map((issue) => problemOf(issue, file))];
  return { kind: "bad", problems: problems.sort((a, b) => a.line - b.line || a.column - b.column) };
}

function problemOf(issue: v.BaseIssue<unknown>, file: YamlFile): Problem {
  const path = (issue.path ?? []).map((item) => item.key as Step);
  const last = issue.path?.at(-1);
  const unknown = last?.origin === "key";
  const shown = (unknown ? path.slice(0, -1) : path).map(String).join(".");
  return file.problem(shown === "" ? issue.message : `${shown}: ${issue.message}`, path, unknown ? "key" : "value");
}

export function isLeaf(input: unknown): input is Leaf {
  return typeof input === "object" && input !== null && "text" in input;
}

function isPlain(input: unknown): input is Leaf {
  return isLeaf(input) && input.plain;
}

export function isMapping(input: unknown): input is ReadonlyMap<string, Tree> {
  return input instanceof Map;
}

function textOf(leaf: Leaf): string {
  return leaf.text;
}

/** A message: what was found, what was wanted. Not for secrets. */
export function found(wanted: string): (issue: { readonly input: unknown }) => string {
  return ({ input }) => {
    const shown = typeof input === "string" ? quote(input) : isLeaf(input) ? quote(input.text) : kindOf(input);
    return `found ${shown}, wanted ${wanted}`;
  };
}

/** The same without the text itself, which may be a secret in the wrong place. */
export function foundKind(wanted: string): (issue: { readonly input: unknown }) => string {
  return ({ input }) => `found ${kindOf(input)}, wanted ${wanted}`;
}

function kindOf(input: unknown): string {
  if (isLeaf(input)) return "a text";
  if (isMapping(input)) return "a mapping";
  return Array.isArray(input) ? "a list" : "nothing";
}
