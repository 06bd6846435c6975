import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Profile } from "../../../src/web/debug/profiles.ts";
import { createTake } from "../../../src/web/debug/take.ts";
import { testWhere } from "../../tools.ts";

const isDeno = process.versions.deno !== undefined;
const onNode = testWhere(!isDeno);
const { signal } = new AbortController();

/** A profile that ends when the test says so; it tells how long it was to take. */
function fakeProfile() {
  const asked: number[] = [];
  const taking = Promise.withResolvers<Uint8Array>();
  const take = (seconds: number) => {
    asked.push(seconds);
    return taking.promise;
  };
  const profile: Profile = { name: "fake", about: "", defaultSeconds: 30, maxSeconds: 60, take };
  return { profile, asked, end: taking.resolve, fail: taking.reject };
}

const query = (text: string) => new URLSearchParams(text);

onNode("a profile comes as Go's net/http/pprof sends it", async () => {
  const { profile, end, asked } = fakeProfile();
  const taken = createTake()(profile, query(""), signal);
  end(new Uint8Array([1, 2, 3]));
  const { status, headers, body } = await taken;
  assert.equal([status, body, asked], [200, new Uint8Array([1, 2, 3]), [30]]);
  assert.is(headers["Content-Type"], "application/octet-stream");
  assert.is(headers["Content-Disposition"], 'attachment; filename="fake"');
  assert.is(headers["X-Content-Type-Options"], "nosniff");
});

onNode("seconds are a whole number within bounds", async () => {
  for (const [text, seconds] of [
    ["seconds=1", 1],
    ["seconds=60", 60],
    ["seconds=007", 7],
    ["debug=1", 30],
  ] as const) {
    const { profile, end, asked } = fakeProfile();
    end(new Uint8Array());
    assert.is((await createTake()(profile, query(text), signal)).status, 200);
    assert.equal(asked, [seconds]);
  }
  for (const text of ["", "0", "61", "-1", "1.5", "1e1", "NaN", "99999999999999999999", "5 ", "\n"]) {
    const { profile, asked } = fakeProfile();
    const { status, headers, body } = await createTake()(profile, query(`seconds=${encodeURIComponent(text)}`), signal);
    assert.equal([text, status, asked, headers["X-Go-Pprof"]], [text, 400, [], "1"]);
    assert.match(String(body), /^seconds: found "[^\n]*", wanted a whole number from 1 to 60\n$/);
  }
});

onNode("only one profile is taken at a time, of any kind", async () => {
  const take = createTake();
  const [first, second, third] = [fakeProfile(), fakeProfile(), fakeProfile()];
  const taken = take(first.profile, query(""), signal);
  const { status, headers, body } = await take(second.profile, query(""), signal);
  assert.equal([status, headers["X-Go-Pprof"], second.asked], [409, "1", []]);
  assert.is(body, "Another profile is being taken, try again later.\n");
  first.end(new Uint8Array());
  assert.is((await taken).status, 200);
  const failing = take(second.profile, query(""), signal);
  second.fail(new Error("no"));
  assert.is(await failing.catch((error: Error) => error.message), "no");
  third.end(new Uint8Array());
  assert.is((await take(third.profile, query(""), signal)).status, 200);
});

testWhere(isDeno)("on Deno there is none, and a reason", async () => {
  const { profile, asked } = fakeProfile();
  const { status, headers, body } = await createTake()(profile, query(""), signal);
  assert.equal([status, headers["X-Go-Pprof"], asked], [501, "1", []]);
  assert.match(String(body), /^Profiles need Node: [^\n]+\n$/);
});

test.run();
