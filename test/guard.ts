import { runInThisContext } from "node:vm";
import { ParseError } from "../src/text.ts";

/** So long that only what never ends comes to it, however busy the machine is. */
const GUARD_MS = 180_000;
const WORK = Symbol.for("memory_exporter.guarded");

/**
 * What `work` gives. Throws if that takes minutes: give it a text of a mebibyte, which is read in a moment where a character
 * takes a few steps, and in hours where it takes a look at all the others. How long it took otherwise decides nothing.
 */
export function guarded<T>(what: string, work: () => T, limitMs: number = GUARD_MS): T {
  Reflect.set(globalThis, WORK, work);
  try {
    return runInThisContext('globalThis[Symbol.for("memory_exporter.guarded")]()', { timeout: limitMs });
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ERR_SCRIPT_EXECUTION_TIMEOUT")
      throw new Error(`${what} does not end within ${limitMs} ms`);
    throw error;
  } finally {
    Reflect.deleteProperty(globalThis, WORK);
  }
}

/** Lets a reader of text read in that way, whether it accepts the text or refuses it. */
export function guardedReading(what: string, read: () => unknown): void {
  try {
    guarded(what, read);
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
  }
}
