import { valueFlag } from "./flags.ts";
import { absolutePath } from "./values.ts";

/** Flags that say how something is printed. */

const PRINT = "Print";

export const program = valueFlag(
  {
    name: "print.program",
    group: PRINT,
    placeholder: "PATH",
    shown: "/usr/local/bin/memory_exporter",
    help: "Where the program is, in a unit for systemd.",
  },
  absolutePath,
);
