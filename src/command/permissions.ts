import { statSync } from "node:fs";

/** What Deno's permissions keep from the program. Asking for their state never prompts. */

type DenoPermissions = { readonly permissions: { querySync(one: { name: string }): { readonly state: string } } };

const NEEDED = ["env", "run", "read", "net", "sys"] as const;

/** The permissions that Deno lacks of those that are needed; none on Node. */
export function lackingPermissions(needed: readonly (typeof NEEDED)[number][] = NEEDED): readonly string[] {
  const deno = (globalThis as { Deno?: DenoPermissions }).Deno;
  return deno ? needed.filter((name) => deno.permissions.querySync({ name }).state !== "granted") : [];
}

/**
 * Why commands can't be run safely here, or undefined where they can. With anything less than --allow-all, and with any
 * --deny-…, Deno reads nothing below /proc, where the processes of a run are found that left its process group.
 */
export function unsafeToRun(): string | undefined {
  const lacking = [...lackingPermissions(), ...(readsProc() ? [] : ["/proc"])];
  if (lacking.length === 0) return undefined;
  return `Deno lacks permission for ${lacking.join(", ")}, wanted --allow-all (-A) and no --deny-…: what a command leaves behind can't be found and killed without`;
}

/** Whether /proc may be read, where there is one. */
function readsProc(): boolean {
  if (lackingPermissions(["read"]).length > 0) return false;
  try {
    statSync("/proc/self/stat");
    return true;
  } catch (error) {
    return !(error instanceof Error && error.name === "NotCapable");
  }
}
