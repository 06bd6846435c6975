import { test } from "uvu";
import * as assert from "uvu/assert";
import { onDeno } from "../../src/web/runtime.ts";

test("onDeno() tells Deno from Node", () => assert.is(onDeno(), "Deno" in globalThis));

test.run();
