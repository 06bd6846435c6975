import { test } from "uvu";
import { torture } from "./torture.ts";

/** Commands that don't end. */
torture([
  { program: "ignores-signals", outcome: "timeout", ends: "at the deadline" },
  { program: "closes-stdout-and-stays", outcome: "timeout", ends: "at the deadline" },
  { program: "closes-all-and-stays", outcome: "timeout", ends: "at the deadline" },
  { program: "prints-and-hangs", outcome: "timeout", ends: "at the deadline" },
  { program: "obeys-term", outcome: "timeout", ends: "at the deadline" },
  { program: "slow-drip", outcome: "timeout", ends: "at the deadline" },
  { program: "stops-itself", outcome: "timeout", ends: "at the deadline" },
  { program: "stops-its-group", outcome: "timeout", ends: "at the deadline" },
  { program: "burns-cpu", outcome: "timeout", ends: "at the deadline" },
  { program: "children-200-waiting", outcome: "timeout", ends: "at the deadline" },
  { program: "leaves-zombies-and-hangs", outcome: "timeout", ends: "at the deadline" },
]);

test.run();
