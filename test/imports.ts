import { readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";

const ROOT = join(import.meta.dirname, "..");

/** Paths below the project of what a file imports or takes types from, and names of packages. */
export function importsOf(file: string): string[] {
  const specifiers = readFileSync(join(ROOT, file), "utf8").matchAll(
    /^(?:import|export|\}) .*?from "([^"]+)";$|^import "([^"]+)";$|\bimport\("([^"]+)"\)/gm,
  );
  return [...specifiers].map(([, from, bare, lazy]) => {
    const specifier = from ?? bare ?? lazy ?? "";
    return specifier.startsWith(".") ? normalize(join(dirname(file), specifier)) : specifier;
  });
}

/** All that a file imports, itself or by what it imports. */
export function reachOf(file: string): ReadonlySet<string> {
  const reached = new Set<string>();
  const visit = (from: string): void => {
    for (const imported of importsOf(from)) {
      if (reached.has(imported)) continue;
      reached.add(imported);
      if (imported.endsWith(".ts")) visit(imported);
    }
  };
  visit(file);
  return reached;
}
