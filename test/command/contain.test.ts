import { test } from "uvu";
import * as assert from "uvu/assert";
import { containmentOf, ISOLATIONS } from "../../src/command/contain.ts";

test("none is nothing", () => {
  assert.is(containmentOf("none"), undefined);
});

test("every other kind is there, or one line says why it isn't", () => {
  for (const kind of ISOLATIONS.filter((one) => one !== "none")) {
    const containment = containmentOf(kind);
    if (typeof containment === "string") assert.match(containment, /^[^\n]+$/, kind);
    else assert.ok(Array.isArray(containment?.wrap(["/bin/true"], "a.1.")), kind);
  }
});

test.run();
