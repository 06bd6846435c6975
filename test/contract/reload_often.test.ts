import { test } from "uvu";
import { reloadsLeaveNothing } from "./reloads.ts";

test("a thousand reloads under load leave nothing behind", () => reloadsLeaveNothing(1000));

test.run();
