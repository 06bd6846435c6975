import * as v from "valibot";
import type { Problem } from "./problem.ts";
import { checkTree, isMapping } from "./schema.ts";
import type { Step, Tree, YamlFile } from "./yaml.ts";

/** What is left of a file's content without its mistakes: it is checked further, so that all mistakes are told at once. */
export type Rest<T> = {
  /** What is wrong with the values, each by itself. */
  readonly problems: readonly Problem[];
  /** The content without them; undefined where nothing is left. */
  readonly value: T | undefined;
  readonly isLost: IsLost;
};

/** Whether something is wrong at a path, above it or below it: what is there now is not what the user wrote. */
export type IsLost = (...path: readonly Step[]) => boolean;

/** What may stand in the place of a bad value that has to be there. */
export type StandIn = (path: readonly Step[]) => Tree | undefined;

/** More is no file of people. */
const MAX_TURNS = 20;

/** Checks a file's content as `checkTree`, and goes on with what is right. */
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
      // A key that isn't known stands for the one that was meant, if that can be told.
      if (last?.origin === "key" && typeof last.value === "string") lost.push([...steps.slice(0, -1), last.value]);
      else lost.push(steps);
      tree = without(tree, steps, standIn);
    }
  }
  return { problems, value: undefined, isLost };
}

/** A tree without the value at a path, or with what stands in for it. What can't be without it goes too. */
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
