import { test } from "uvu";
import { torture } from "./torture.ts";

/** Commands that end by themselves, well or badly. */
torture([
  { program: "good", outcome: "ok", ends: "at once" },
  { program: "grandchild-holds-stdout", outcome: "ok", ends: "at once" },
  { program: "says-much-on-stderr", outcome: "ok", ends: "at once" },
  { program: "exits-3", outcome: "exit", ends: "at once" },
  { program: "dies-by-signal", outcome: "signal", ends: "at once" },
  { program: "no-output", outcome: "parse", ends: "at once" },
  { program: "binary-output", outcome: "parse", ends: "at once" },
  { program: "one-byte-writes", outcome: "ok", ends: "at once" },
  { program: "small-bytes-on-stderr", outcome: "ok", ends: "at once" },
  { program: "children-200-exiting", outcome: "ok", ends: "at once" },
  { program: "leaves-zombies", outcome: "ok", ends: "at once" },
  { program: "deletes-its-directory", outcome: "ok", ends: "at once" },
  { program: "reads-stdin", outcome: "ok", ends: "at once" },
  { program: "no-final-newline", outcome: "ok", ends: "at once" },
  { program: "late-writer", outcome: "ok", ends: "at once" },
  { program: "too-late-writer", outcome: "parse", ends: "at once" },
  { program: "held-inside-a-line", outcome: "parse", ends: "at once" },
  { program: "kills-its-own-group", outcome: "signal", ends: "at once" },
  { program: "signals-its-parent", outcome: "ok", ends: "at once" },
  { program: "missing-interpreter", outcome: "exit", ends: "at once" },
  { program: "not-executable", outcome: "exit", ends: "at once" },
  { program: "argument-too-long", outcome: "exit", ends: "at once" },
  { program: "text-busy", outcome: "exit", ends: "at once" },
]);

test.run();
