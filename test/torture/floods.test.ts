import { test } from "uvu";
import { torture } from "./torture.ts";

/** Commands that print too much. */
torture([
  { program: "floods-stdout", outcome: "overflow", ends: "at once" },
  { program: "floods-stdout-for-ever", outcome: "overflow", ends: "at once" },
  { program: "floods-stderr", outcome: "overflow", ends: "at once" },
  { program: "floods-both", outcome: "overflow", ends: "at once" },
  { program: "long-line", outcome: "overflow", ends: "at once" },
  { program: "long-line", outcome: "parse", ends: "at once", args: ["--command.max-output=16MiB"] },
]);

test.run();
