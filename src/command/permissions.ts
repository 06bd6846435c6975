import { statSync } from "node:fs";

/** Checks of permissions: those of Deno, and of Node under `--permission`. They never prompt the user. */

type DenoPermissions = { readonly permissions: { querySync(one: { name: string }): { readonly state: string } } };

const NEEDED = ["env", "run", "read", "net", "sys"] as const;

/** The needed permissions that Deno doesn't have. Empty on Node. */
export function lackingPermissions(needed: readonly (typeof NEEDED)[number][] = NEEDED): readonly string[] {
  const deno = (globalThis as { Deno?: DenoPermissions }).Deno;
  return deno ? needed.filter((name) => deno.permissions.querySync({ name }).state !== "granted") : [];
}

/**
 * Why commands can't be run safely here; undefined if they can. Without --allow-all, and with any --deny-…, Deno doesn't read
 * /proc, where processes that have left the process group of a run are found.
 */
export function unsafeToRun(): string | undefined {
  const why = "processes that a command leaves behind couldn't be found and killed";
  const ofNode = lackingOnNode();
  if (ofNode.length > 0) return `Node lacks permission for ${ofNode.join(", ")}, wanted no --permission: ${why}`;
  const lacking = [...lackingPermissions(), ...(readsProc() ? [] : ["/proc"])];
  if (lacking.length === 0) return undefined;
  return `Deno lacks permission for ${lacking.join(", ")}, wanted --allow-all (-A) and no --deny-…: ${why}`;
}

/** The needed permissions that Node doesn't have. Before Node 25, `net` wasn't one. */
function lackingOnNode(): readonly string[] {
  const { permission } = process;
  if (permission === undefined) return [];
  const needed = ["fs.read", "child", ...(process.allowedNodeEnvironmentFlags.has("--allow-net") ? ["net"] : [])];
  return needed.filter((scope) => !permission.has(scope));
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
