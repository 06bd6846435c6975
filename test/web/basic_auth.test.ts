import { setImmediate } from "node:timers/promises";
import { hashSync } from "bcryptjs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { createPasswordCheck, parseBasic } from "../../src/web/basic_auth.ts";

const base64 = (text: string | Uint8Array) => Buffer.from(text).toString("base64");

test("parseBasic() reads name and password", () => {
  assert.equal(parseBasic(`Basic ${base64("alice:secret")}`), { user: "alice", password: "secret" });
  assert.equal(parseBasic(`bASIC ${base64("ä:b:c:")}`), { user: "ä", password: "b:c:" });
  assert.equal(parseBasic(`Basic ${base64(":")}`), { user: "", password: "" });
});

test("parseBasic() takes nothing else", () => {
  const headers = [
    undefined,
    "",
    "Basic",
    "Basic ",
    `Bearer ${base64("a:b")}`,
    `Basic  ${base64("a:b")}`,
    `Basic ${base64("ab")}`,
    `Basic ${base64("a:bc").replace("=", "")}`,
    "Basic YTpi YTpi",
    "Basic YTpi!",
    "Basic YTp_",
    `Basic ${base64(new Uint8Array([0x61, 0x3a, 0xff]))}`,
    `Basic ${"A".repeat(1_000_001)}`,
  ];
  for (const header of headers) assert.is(parseBasic(header), undefined, header?.slice(0, 40));
});

const USERS = new Map([
  ["alice", hashSync("secret", 4)],
  ["bob", hashSync("other", 4).replace("$2b$", "$2y$")],
]);

test("unknown users take as long as known ones", async () => {
  const check = createPasswordCheck();
  for (let round = 0; round < 2; round += 1) {
    assert.is(await check(USERS, { user: "alice", password: "secret" }, "1"), "right");
    assert.is(await check(USERS, { user: "bob", password: "other" }, "1"), "right");
    assert.is(await check(USERS, { user: "alice", password: "other" }, "1"), "wrong");
    assert.is(await check(USERS, { user: "carol", password: "secret" }, "1"), "wrong");
    assert.is(await check(USERS, { user: "constructor", password: "other" }, "1"), "wrong");
    assert.is(await check(new Map(), { user: "alice", password: "secret" }, "1"), "wrong");
  }
});

test("cached credentials are invalid when the hash changes", async () => {
  const check = createPasswordCheck();
  assert.is(await check(USERS, { user: "alice", password: "secret" }, "1"), "right");
  assert.is(await check(new Map([["alice", hashSync("new", 4)]]), { user: "alice", password: "secret" }, "1"), "wrong");
  const renamed = new Map([["bob", USERS.get("alice") ?? ""]]);
  assert.is(await check(renamed, { user: "alice", password: "secret" }, "1"), "wrong");
  assert.is(await check(USERS, { user: "alice", password: "secret" }, "1"), "right");
});

test("known credentials don't wait for unknown ones, and aren't evicted by them", async () => {
  const check = createPasswordCheck();
  const slow = new Map([...USERS, ["dave", hashSync("slow", 10)]]);
  assert.is(await check(slow, { user: "alice", password: "secret" }, "1"), "right");
  for (let i = 0; i < 120; i += 1) await check(USERS, { user: "alice", password: String(i) }, "1");
  const answered: string[] = [];
  const waiting = check(slow, { user: "dave", password: "wrong" }, "1").then((verdict) => answered.push(verdict));
  const known = check(slow, { user: "alice", password: "secret" }, "1").then((verdict) => answered.push(verdict));
  await Promise.all([waiting, known]);
  assert.equal(answered, ["right", "wrong"]);
});

test("the number of waiting checks is limited, also per address", async () => {
  const check = createPasswordCheck();
  const hash = new Map([["alice", hashSync("secret", 8)]]);
  const guess = (peer: string, password: string) => check(hash, { user: "alice", password }, peer);
  const flood = Array.from({ length: 50 }, (_, i) => guess("attacker", String(i)));
  const honest = guess("prometheus", "secret");
  const verdicts = await Promise.all(flood);
  assert.is(verdicts.filter((verdict) => verdict === "wrong").length, 5);
  assert.is(verdicts.filter((verdict) => verdict === "busy").length, 45);
  assert.is(await honest, "right");
  const many = await Promise.all(Array.from({ length: 50 }, (_, i) => guess(`peer ${i}`, `x${i}`)));
  assert.ok(many.filter((verdict) => verdict === "busy").length >= 33);
});

test("the same credentials at the same time are checked once", async () => {
  const check = createPasswordCheck();
  const users = new Map([["alice", hashSync("secret", 4)]]);
  const asked = Array.from({ length: 100 }, () => check(users, { user: "alice", password: "secret" }, "1"));
  assert.equal(new Set(await Promise.all(asked)), new Set(["right"]));
});

const TURNS = 20;

test("other work goes on while passwords are checked", async () => {
  const check = createPasswordCheck();
  const users = new Map([["alice", hashSync("secret", 10)]]);
  let turns = 0;
  let over = false;
  const turning = (async () => {
    for (; !over; turns += 1) await setImmediate();
  })();
  await Promise.all(Array.from({ length: 4 }, (_, i) => check(users, { user: "alice", password: String(i) }, "1")));
  over = true;
  await turning;
  // Checked at one go each, they would leave a turn or two between them.
  assert.ok(turns > TURNS, `${turns} turns`);
});

test.run();
