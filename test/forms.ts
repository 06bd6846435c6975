import { createRequire } from "node:module";
import { join } from "node:path";

/**
 * The forms of the product: each is tested from outside by the same suite. `source-fork` can't call the C library, as on an
 * older Node: it is for what depends on how commands are started and reaped.
 */
export const FORMS = ["source-node", "source-fork", "source-deno", "bundle-node", "bundle-deno", "executable"] as const;
export type Form = (typeof FORMS)[number];

const ROOT = join(import.meta.dirname, "..");
const require = createRequire(import.meta.url);
const NODE = require.resolve(`node-linux-${process.arch}/bin/node`);
// node_modules/.bin/deno is a script that starts this one: its number, signals and end would be the script's.
const DENO = require.resolve(`@deno/linux-${process.arch}-glibc/deno`);
const DENO_RUN = [DENO, "run", "--allow-all", "--no-prompt", "--node-modules-dir=manual"] as const;

/** The form that this process tests. */
export const form: Form = FORMS.find((name) => name === process.env.FORM) ?? "source-node";

// What is built starts as it does for those who run it; the sources start in a third of the time with what was compiled before.
if (form !== "source-node" && form !== "source-fork") delete process.env.NODE_COMPILE_CACHE;

/** Words that start the product in a form; its arguments come behind them. */
export function productOf(which: Form): readonly [string, ...string[]] {
  switch (which) {
    case "source-node":
      return [NODE, join(ROOT, "src/main.ts")];
    case "source-fork":
      return [NODE, "--no-experimental-ffi", join(ROOT, "src/main.ts")];
    case "source-deno":
      return [...DENO_RUN, join(ROOT, "src/main.ts")];
    case "bundle-node":
      return [NODE, join(ROOT, "dist/memory_exporter.mjs")];
    case "bundle-deno":
      return [...DENO_RUN, join(ROOT, "dist/memory_exporter.mjs")];
    case "executable":
      return [join(ROOT, "dist/memory_exporter")];
  }
}

/** All cases on the form that starts fastest, and the first few on the others: what is said doesn't depend on the form. */
export function affordable<T>(cases: readonly T[], few: number): readonly T[] {
  return form === "executable" ? cases : cases.slice(0, few);
}

/** Words that run a test file: units run on the runtime of the form, tests from outside on Node. */
export function runtimeOf(which: Form, file: string): readonly [string, ...string[]] {
  return which === "source-deno" && !/^test\/(contract|torture)\//.test(file) ? DENO_RUN : [NODE];
}
