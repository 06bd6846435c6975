import { test } from "uvu";
import { form } from "../forms.ts";
import { testFuzz } from "./fuzz_test.ts";

/** Deno is tested for what is its own, such as its decoders; the rest is the same. A million is in million.test.ts. */
testFuzz(form === "source-deno" ? 20_000 : 50_000);

test.run();
