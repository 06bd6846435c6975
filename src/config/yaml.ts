import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from "yaml";
import { quote } from "../text.ts";
import type { Checked, Problem } from "./problem.ts";

/** A scalar as it is written in the file. The schema of its field decides how it is read. */
export type Leaf = {
  readonly text: string;
  /** Neither quoted nor a block. Only plain scalars can be numbers and booleans. */
  readonly plain: boolean;
};

/** A file's content. Mappings keep the order of their keys. Null is a missing value. */
export type Tree = Leaf | null | readonly Tree[] | ReadonlyMap<string, Tree>;

/** A step into a tree: a key of a mapping, an index of a list. */
export type Step = string | number;

/** A YAML file that was read. */
export type YamlFile = {
  readonly tree: Tree;
  /** Mistakes that don't depend on a schema: duplicate keys, tags. `checkTree` reports them too. */
  readonly problems: readonly Problem[];
  /** Makes a problem at the place of the value at `path`, or of its key. */
  readonly problem: (message: string, path: readonly Step[], at?: "key" | "value") => Problem;
};

const MAX_DEPTH = 32;
/** Limit of the values of a tree, with aliases expanded. */
const MAX_NODES = 100_000;
/** Limit of reported syntax errors. Later ones are often consequences of the first. */
const MAX_PROBLEMS = 10;
const NULL = /^(?:~|null|Null|NULL|)$/;

/**
 * Reads one YAML document. Refuses syntax errors, several documents, and trees with more than 32 levels or 100,000 values.
 * Duplicate keys, tags, keys that aren't scalars and undefined aliases are reported as problems of the file.
 */
export function parseYaml(text: string, file: string): Checked<YamlFile> {
  const lines = new LineCounter();
  // Scalars get no type by their form: `yes`, `0123` and `1e3` are texts until the schema reads them.
  // The library's check for duplicate keys takes quadratic time.
  const options = { lineCounter: lines, schema: "failsafe", prettyErrors: false, uniqueKeys: false } as const;
  const document = parseDocument(text, options);
  const at = (message: string, offset: number): Problem => {
    const { line, col } = lines.linePos(offset);
    return { file, line, column: col, message };
  };
  const syntax = document.errors.slice(0, MAX_PROBLEMS).map((error) => at(sentence(error.message), error.pos[0]));
  if (syntax.length > 0) return { kind: "bad", problems: syntax };
  const places: Places = new Map();
  const problems: Problem[] = [];
  const blame = (message: string, offset: number) => void problems.push(at(message, offset));
  try {
    const tree = grow(document.contents, 0, { anchors: new Map(), places, nodes: 0, blame });
    const problem: YamlFile["problem"] = (message, path, where = "value") =>
      at(message, offsetOf(tree, path, where, places));
    return { kind: "ok", value: { tree, problems, problem } };
  } catch (error) {
    if (!(error instanceof Misplaced)) throw error;
    return { kind: "bad", problems: [at(error.message, error.offset)] };
  }
}

/** Removes parts of the file from a message of the library, since they may be passwords. */
function sentence(message: string): string {
  const [head = ""] = message.split(/(?<=\S)[:;] /, 1);
  return `Bad YAML: ${head.trim()}`;
}

class Misplaced extends Error {
  readonly offset: number;
  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}

/** Offsets of values and keys. Values that aren't objects are found by their key. */
type Places = Map<object, { readonly offset: number; readonly keys: Map<Step, { key: number; value: number }> }>;
type Growth = {
  readonly anchors: Map<string, unknown>;
  readonly places: Places;
  readonly blame: (message: string, offset: number) => void;
  nodes: number;
};

function grow(node: unknown, depth: number, growth: Growth): Tree {
  growth.nodes += 1;
  const offset = startOf(node);
  if (growth.nodes > MAX_NODES) throw new Misplaced(`found more than ${MAX_NODES} values`, offset);
  if (depth > MAX_DEPTH) throw new Misplaced(`found more than ${MAX_DEPTH} levels`, offset);
  if (isAlias(node)) {
    const target = growth.anchors.get(node.source);
    if (target !== undefined) return grow(target, depth + 1, growth);
    growth.blame(`found alias ${quote(node.source)}, wanted one that is defined above`, offset);
    return null;
  }
  const { tag, anchor } = propertiesOf(node);
  if (anchor !== undefined) growth.anchors.set(anchor, node);
  if (tag !== undefined) growth.blame("found a tag, wanted a value without one", offset);
  if (isSeq(node)) return growList(node.items, offset, depth, growth);
  if (isMap(node)) return growMapping(node.items, offset, depth, growth);
  return isScalar(node) ? leafOf(node) : null;
}

function leafOf(node: { value: unknown; type?: string }): Leaf | null {
  const text = String(node.value ?? "");
  const plain = node.type === undefined || node.type === "PLAIN";
  return plain && NULL.test(text) ? null : { text, plain };
}

function growList(items: readonly unknown[], offset: number, depth: number, growth: Growth): Tree {
  const list: Tree[] = [];
  const keys = new Map();
  for (const item of items) {
    const place = startOf(item);
    keys.set(list.length, { key: place, value: place });
    list.push(grow(item, depth + 1, growth));
  }
  growth.places.set(list, { offset, keys });
  return list;
}

function growMapping(
  items: readonly { key: unknown; value: unknown }[],
  offset: number,
  depth: number,
  growth: Growth,
): Tree {
  const mapping = new Map<string, Tree>();
  const keys = new Map();
  const merged: Merged[] = [];
  for (const { key, value } of items) {
    const place = startOf(key);
    if (!isScalar(key) || propertiesOf(key).tag !== undefined) {
      growth.blame("found a key that is no text, wanted a text", place);
      continue;
    }
    const name = String(key.value ?? "");
    if (name === "<<") {
      merged.push({ place, tree: grow(value, depth + 1, growth) });
      continue;
    }
    if (mapping.has(name)) {
      growth.blame(`found key ${quote(name)} twice, wanted it once`, place);
      continue;
    }
    keys.set(name, { key: place, value: value === null ? place : startOf(value) });
    mapping.set(name, grow(value, depth + 1, growth));
  }
  for (const { name, value, place } of merged.flatMap((one) => mergedKeys(one, growth))) {
    // Keys of the mapping itself and of earlier ones take precedence.
    if (mapping.has(name)) continue;
    mapping.set(name, value);
    keys.set(name, { key: place, value: place });
  }
  growth.places.set(mapping, { offset, keys });
  return mapping;
}

/** The value of a merge key (`<<: *name`, `<<: [*one, *other]`), and its place. */
type Merged = { readonly tree: Tree; readonly place: number };

function mergedKeys({ tree, place }: Merged, { blame }: Growth) {
  return (Array.isArray(tree) ? tree : [tree]).flatMap((one: Tree) => {
    if (one instanceof Map) return [...one].map(([name, value]) => ({ name, value, place }));
    blame("found << without a mapping, wanted an alias of one, like *name", place);
    return [];
  });
}

function startOf(node: unknown): number {
  return (node as Node | null)?.range?.[0] ?? 0;
}

function propertiesOf(node: unknown): { tag?: string; anchor?: string } {
  return (node ?? {}) as { tag?: string; anchor?: string };
}

function offsetOf(tree: Tree, path: readonly Step[], where: "key" | "value", places: Places): number {
  let offset = places.get(tree ?? {})?.offset ?? 0;
  let here: unknown = tree;
  for (const [index, step] of path.entries()) {
    const place = typeof here === "object" && here !== null ? places.get(here)?.keys.get(step) : undefined;
    if (place === undefined) break;
    offset = where === "key" && index === path.length - 1 ? place.key : place.value;
    here = here instanceof Map ? here.get(step) : Array.isArray(here) ? here[Number(step)] : undefined;
  }
  return offset;
}
