import { test } from "uvu";
import { form } from "../forms.ts";
import { testFuzz } from "./fuzz_test.ts";

testFuzz(form === "source-deno" ? 200_000 : 1_000_000);

test.run();
