import type { Containment } from "./containment.ts";
import { controlGroups } from "./control_group.ts";
import { pidNamespaces } from "./pid_namespace.ts";

/** Values of `--command.isolate`. */
export const ISOLATIONS = ["none", "pidns", "cgroup"] as const;
export type Isolation = (typeof ISOLATIONS)[number];

/** The containment for an isolation; undefined for `none`. Tests it, and returns one line if it isn't available here. */
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
