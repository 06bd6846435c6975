import { test } from "uvu";
import { form } from "../forms.ts";
import { needs } from "../tools.ts";
import { hierarchyOf } from "./cgroups.ts";
import { type Row, torture } from "./torture.ts";

/** Processes that get out of the run's process group. */
const ROWS: readonly Row[] = [
  { program: "closes-and-leaves-daemon", outcome: "ok", ends: "at once", left: 1 },
  { program: "daemon-holds-stdout", outcome: "ok", ends: "at once" },
  { program: "daemon-and-hangs", outcome: "timeout", ends: "at the deadline" },
  { program: "double-fork-and-hangs", outcome: "timeout", ends: "at the deadline" },
  { program: "daemon-floods", outcome: "overflow", ends: "at once" },
  { program: "child-changes-group", outcome: "ok", ends: "at once" },
  { program: "child-changes-group-and-hangs", outcome: "timeout", ends: "at the deadline" },
  { program: "chain", outcome: "ok", ends: "at once" },
];

/** With a session of its own and an empty environment, a process can only be told by what the kernel keeps of it. */
const STRANGERS: readonly Row[] = [
  { program: "clean-daemon", outcome: "timeout", ends: "at the deadline" },
  { program: "clean-daemon-holds-stdout", outcome: "ok", ends: "at once" },
  { program: "daemon-chain", outcome: "timeout", ends: "at the deadline" },
];

/** Without adoption there is nobody to tell by: some get away, as docs/commands.md says. */
const FREE_STRANGERS: readonly Row[] =
  form === "source-fork" ? STRANGERS.slice(0, 2).map((row) => ({ ...row, left: 1 })) : STRANGERS;

const KINDS = [
  ...(needs("unshare", "--pid", "--fork", "--kill-child", "true") ? ["pidns"] : []),
  ...(hierarchyOf("kill") ? ["cgroup"] : []),
];

/** The exporter isn't in the namespace of a command that would kill it, and so out of its reach. */
const PATRICIDE: Row = { program: "kills-its-parent", outcome: "ok", ends: "at once" };

torture([
  ...ROWS,
  ...FREE_STRANGERS,
  ...KINDS.flatMap((kind) =>
    [...ROWS, ...STRANGERS, ...(kind === "pidns" ? [PATRICIDE] : [])].map((row) => ({
      ...row,
      left: 0,
      args: [`--command.isolate=${kind}`],
    })),
  ),
]);

test.run();
