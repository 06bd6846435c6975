import type { Containment } from "./containment.ts";
import { controlGroups } from "./control_group.ts";
import { pidNamespaces } from "./pid_namespace.ts";

/** What contains the processes of a run: its process group and marks alone, or the kernel. */
export const ISOLATIONS = ["none", "pidns", "cgroup"] as const;
export type Isolation = (typeof ISOLATIONS)[number];

/** What isolates in a way, undefined for `none`, or one line that says why it isn't available here. Tries it out. */
export function containmentOf(isolation: Isolation): Containment | undefined | string {
  switch (isolation) {
    case "none":
      return undefined;
    case "pidns":
      return pidNamespaces();
    case "cgroup":
      return controlGroups();
  }
}
