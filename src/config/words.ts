import * as v from "valibot";
import { goDurationMs } from "../duration.ts";
import { orNear } from "../nearest.ts";
import { sizeBytes } from "../size.ts";
import { quote } from "../text.ts";
import { found, foundKind, isLeaf, isMapping } from "./schema.ts";
import type { Leaf } from "./yaml.ts";

/** Types of values in `--config.file`, each with its name in the documentation and its JSON Schema. */

/** Metadata of a schema, from which the documentation and the JSON Schema are generated. */
export type Described = {
  /** Description of the key: one line of Markdown. */
  readonly about?: string;
  /** Its default, as it is written. */
  readonly shown?: string;
  /** Name of the type of its values. */
  readonly word?: string;
  /** The JSON Schema of its values. */
  readonly json?: Readonly<Record<string, unknown>>;
  /** The keys of a mapping. */
  readonly entries?: Readonly<Record<string, v.GenericSchema>>;
  /** The schema of the values of a mapping with arbitrary keys, and the pattern of the keys. */
  readonly values?: v.GenericSchema;
  readonly keys?: string;
  /** The schema of the items of a list. */
  readonly items?: v.GenericSchema;
  /** The schemas of a value that can have several types. */
  readonly choices?: readonly v.GenericSchema[];
};

/** A required key. */
export function required<const Schema extends v.GenericSchema>(schema: Schema, about: string) {
  return v.pipe(schema, v.metadata({ about }));
}

/** An optional key. If it is there, it needs a value. */
export function optional<const Schema extends v.GenericSchema>(schema: Schema, about: string, shown = "") {
  return v.exactOptional(v.pipe(schema, v.metadata({ about, shown })));
}

type Word = Pick<Described, "json"> & { readonly word: string; readonly wanted?: string };

/** A scalar that `read` accepts. Undefined refuses it. */
function scalar<T>({ word, wanted = word, json = {} }: Word, read: (leaf: Leaf) => T | undefined) {
  const message = ({ input }: { readonly input: unknown }) =>
    isLeaf(input) && read({ ...input, plain: true }) !== undefined
      ? `found ${quote(input.text)} in quotes, wanted it without`
      : found(wanted)({ input });
  return v.pipe(
    v.custom<Leaf>((input) => isLeaf(input) && read(input) !== undefined, message),
    v.transform((leaf) => read(leaf) as T),
    v.metadata({ word, json }),
  );
}

/** Numbers and booleans of YAML are accepted as texts. */
const ANY_SCALAR = { type: ["string", "number", "boolean"] } as const;

/** Any scalar, as it is written, but not empty. */
export const words = scalar({ word: "a text", json: ANY_SCALAR }, ({ text }) => text || undefined);

/** Like `words`, and also empty. */
export const anyWords = scalar({ word: "a text", json: ANY_SCALAR }, ({ text }) => text);

/** A text that must not be shown. */
export const hidden = v.pipe(
  v.custom<Leaf>(isLeaf, "found no text (not shown), wanted one"),
  v.transform(({ text }) => text),
  v.metadata({ word: "a text", json: ANY_SCALAR }),
);

/** A text that matches a pattern. */
export function matching(word: string, pattern: RegExp, wanted = word) {
  const json = { type: "string", pattern: pattern.source };
  return scalar({ word, wanted, json }, ({ text }) => (pattern.test(text) ? text : undefined));
}

const DAY_MS = 86_400_000;

/** A Go duration in milliseconds, from 1 ms to a day. */
export const duration = scalar(
  {
    word: "a duration",
    wanted: "a duration from 1ms to 24h with its unit, like 500ms, 5s or 1m30s",
    json: { type: "string", pattern: "^([0-9]+(\\.[0-9]+)?(ns|us|µs|ms|s|m|h))+$" },
  },
  ({ text }) => within(goDurationMs(text), 1, DAY_MS),
);

/** A size in bytes, from 1 to 1 GiB. */
export const size = scalar(
  {
    word: "a size",
    wanted: "a size from 1B to 1GiB, like 64KiB or 1MiB",
    json: { type: ["string", "integer"], pattern: "^[0-9]+([KMG]?i?B)?$" },
  },
  ({ text }) => within(sizeBytes(text), 1, 2 ** 30),
);

/** A whole number within bounds. */
export function whole(minimum: number, maximum: number) {
  const word = `a whole number from ${minimum} to ${maximum}`;
  return scalar({ word, json: { type: "integer", minimum, maximum } }, ({ text, plain }) =>
    plain && /^-?\d{1,9}$/.test(text) ? within(Number(text), minimum, maximum) : undefined,
  );
}

/** A decimal number. */
export const decimal = scalar({ word: "a number", json: { type: "number" } }, ({ text, plain }) =>
  plain && /^[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d{1,3})?$/.test(text)
    ? within(Number(text), -Number.MAX_VALUE, Number.MAX_VALUE)
    : undefined,
);

const BOOLEANS: ReadonlyMap<string, boolean> = new Map([
  ["true", true],
  ["false", false],
]);

/** `true` or `false`. */
export const boolean = scalar({ word: "true or false", json: { type: "boolean" } }, ({ text, plain }) =>
  plain ? BOOLEANS.get(text) : undefined,
);

/** One of several words. */
export function oneOf<const Known extends string>(known: readonly Known[]) {
  const wanted = `one of ${known.join(", ")}`;
  const unknown = ({ input }: { readonly input: unknown }) =>
    isLeaf(input) ? `found ${quote(input.text)}${orNear(input.text, known)} ${wanted}` : found(wanted)({ input });
  return v.pipe(
    v.custom<Leaf>((input) => isLeaf(input) && known.some((word) => word === input.text), unknown),
    v.transform(({ text }) => text as Known),
    v.metadata({ word: known.map((word) => `\`${word}\``).join(", "), json: { enum: known } }),
  );
}

type Choices = {
  readonly scalar?: v.GenericSchema;
  readonly list?: v.GenericSchema;
  readonly mapping?: v.GenericSchema;
};
type ChoiceOf<Kinds extends Choices> = Extract<Kinds[keyof Kinds], v.GenericSchema>;

/** A value that can be a scalar, a list or a mapping. Mistakes are reported for the type that was found. */
export function choice<const Kinds extends Choices>(kinds: Kinds, wanted: string) {
  const none = v.custom<never>(() => false, found(wanted));
  const pick = (input: unknown): v.GenericSchema => {
    if (isLeaf(input)) return kinds.scalar ?? none;
    if (Array.isArray(input)) return kinds.list ?? none;
    return (isMapping(input) ? kinds.mapping : undefined) ?? none;
  };
  const choices: readonly v.GenericSchema[] = Object.values(kinds);
  return v.pipe(v.lazy(pick as (input: unknown) => ChoiceOf<Kinds>), v.metadata({ choices, word: wanted }));
}

/** A mapping with arbitrary keys. */
export function record<const Value extends v.GenericSchema>(keys: string, pattern: RegExp, value: Value) {
  const key = v.pipe(v.string(), v.regex(pattern, found(keys)));
  return v.pipe(
    v.map(key, value, foundKind("a mapping")),
    v.transform((map): Readonly<Record<string, v.InferOutput<Value>>> => Object.fromEntries(map)),
    v.metadata({ values: value, keys: pattern.source, word: "a mapping" }),
  );
}

function within(value: number | undefined, minimum: number, maximum: number): number | undefined {
  return value !== undefined && value >= minimum && value <= maximum ? value : undefined;
}
