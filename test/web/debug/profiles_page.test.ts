import { test } from "uvu";
import * as assert from "uvu/assert";
import { profilesPage } from "../../../src/web/debug/profiles_page.ts";

const take = () => Promise.resolve(new Uint8Array());

test("each profile is linked, with what it shows and how long it takes", () => {
  const html = profilesPage([
    { name: "profile", about: "time & more", defaultSeconds: 30, maxSeconds: 60, take },
    { name: "heap", about: "memory", defaultSeconds: 5, maxSeconds: 60, take },
  ]);
  assert.match(html, /<a href="profile\?seconds=30">profile<\/a><\/td><td>time &#38; more</);
  assert.match(html, /<a href="heap\?seconds=5">heap<\/a><\/td><td>memory<\/td><td>5 s, at most 60 s</);
});

test.run();
