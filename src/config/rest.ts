import * as v from "valibot";
import type { Problem } from "./problem.ts";
import { checkTree, isMapping } from "./schema.ts";
import type { Step, Tree, YamlFile } from "./yaml.ts";

/** The content of a file without its mistakes. The rest is checked further, so that all mistakes are reported at once. */
export type Rest<T> = {
  /** The mistakes of single values. */
  readonly problems: readonly Problem[];
  /** The content without these; undefined if nothing is left. */
  readonly value: T | undefined;
  readonly isLost: IsLost;
};

/** Whether there is a mistake at a path, above it or below it. Then the value there isn't the one that the user wrote. */
export type IsLost = (...path: readonly Step[]) => boolean;

/** A replacement for an invalid value that is required. */
export type StandIn = (path: readonly Step[]) => Tree | undefined;

/** Limit of repeated checks, each of which removes the mistakes that it finds. */
const MAX_TURNS = 20;

/** Checks a file's content like `checkTree`, and returns the valid part of it. */
export function checkRest<const Schema extends v.GenericSchema>(
  schema: Schema,
  file: YamlFile,
  standIn: StandIn = () => undefined,
): Rest<v.InferOutput<Schema>> {
  const checked = checkTree(schema, file);
  if (checked.kind === "ok") return { problems: [], value: checked.value, isLost: () => false };
  const { problems } = checked;
  const lost: (readonly Step[])[] = [];
  const isLost: IsLost = (...path) => lost.some((one) => one.every((step, i) => i >= path.length || step === path[i]));
  let tree: Tree = file.tree;
  for (let turn = 0; turn < MAX_TURNS; turn++) {
    const result = v.safeParse(schema, tree);
    if (result.success) return { problems, value: result.output, isLost };
    for (const { path = [] } of result.issues) {
      const steps = path.map((item) => item.key as Step);
      const last = path.at(-1);
      // An unknown key counts as the known key that is most similar, if there is one.
      if (last?.origin === "key" && typeof last.value === "string") lost.push([...steps.slice(0, -1), last.value]);
      else lost.push(steps);
      tree = without(tree, steps, standIn);
    }
  }
  return { problems, value: undefined, isLost };
}

/** A tree without the value at a path, or with its replacement. If the value can't be removed, its parent is. */
function without(tree: Tree, path: readonly Step[], standIn: StandIn): Tree {
  if (path.length === 0) return null;
  const parent = path.slice(0, -1);
  const key = path.at(-1) as Step;
  const instead = standIn(path);
  const here = parent.reduce<Tree | undefined>(inside, tree);
  if (instead !== undefined || (isMapping(here) && here.has(String(key)))) return replaced(tree, path, instead);
  return here === undefined ? tree : without(tree, parent, standIn);
}

function inside(tree: Tree | undefined, step: Step): Tree | undefined {
  if (isMapping(tree)) return tree.get(String(step));
  return Array.isArray(tree) ? tree[Number(step)] : undefined;
}

function replaced(tree: Tree, [step, ...rest]: readonly Step[], value: Tree | undefined): Tree {
  if (step === undefined) return value ?? null;
  const child = inside(tree, step);
  const next = rest.length > 0 ? replaced(child ?? null, rest, value) : value;
  if (Array.isArray(tree)) return tree.map((one: Tree, index) => (index === step ? (next ?? null) : one));
  if (!isMapping(tree)) return tree;
  const others = [...tree].filter(([name]) => name !== step);
  return new Map(next === undefined ? others : [...others, [String(step), next]]);
}
