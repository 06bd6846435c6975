import { readdirSync } from "node:fs";

/** How many descriptors a process has open; undefined where the system doesn't tell. */
export function openDescriptorsOf(pid: number): number | undefined {
  try {
    return readdirSync(`/proc/${pid}/fd`).length;
  } catch {
    return undefined;
  }
}
