import { test } from "uvu";
import * as assert from "uvu/assert";
import { containmentOf, ISOLATIONS } from "../../src/command/contain.ts";

test("containmentOf() gives nothing for none, and otherwise what contains or one line that says why not", () => {
  assert.is(containmentOf("none"), undefined);
  for (const isolation of ISOLATIONS.filter((one) => one !== "none")) {
    const containment = containmentOf(isolation);
    if (typeof containment === "string") assert.match(containment, /^\S[^\n]*$/);
    else assert.ok(containment, isolation);
  }
});

test("containmentOf() tells ways apart by what they need: a cgroup is killed by a file, a namespace isn't", () => {
  const [cgroup, pidns] = [containmentOf("cgroup"), containmentOf("pidns")];
  if (typeof cgroup === "object") assert.match(cgroup.killFile("a.1.") ?? "", /\/a\.1\.\/cgroup\.kill$/);
  if (typeof pidns === "object") assert.is(pidns.killFile("a.1."), undefined);
  assert.equal(ISOLATIONS, ["none", "pidns", "cgroup"]);
});

test.run();
