import type { IncomingMessage } from "node:http";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { commandsAnswer } from "../../../src/web/debug/commands.ts";
import { fakeRunner, gathererOf, sourceOf } from "../../gather/fakes.ts";

const gatherer = gathererOf([sourceOf("/bin/free")], fakeRunner(() => undefined).runner);

function answer(accept: string | undefined, query = "") {
  return commandsAnswer(gatherer, false, { headers: { accept } } as IncomingMessage, new URLSearchParams(query));
}

const BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

test("browsers get HTML, other clients JSON, and format= overrides this", () => {
  for (const [accept, query, type] of [
    [BROWSER, "", "text/html; charset=utf-8"],
    ["TEXT/HTML", "", "text/html; charset=utf-8"],
    ["application/json", "", "application/json"],
    ["*/*", "", "application/json"],
    [undefined, "", "application/json"],
    [BROWSER, "format=json", "application/json"],
    ["application/json", "format=html", "text/html; charset=utf-8"],
  ] as const) {
    const { status, headers } = answer(accept, query);
    assert.equal([accept, status, headers["Content-Type"]], [accept, 200, type]);
    assert.equal([headers["Cache-Control"], headers.Vary], ["no-store", "Accept"]);
  }
});

test("the page allows no scripts and styles of others", () => {
  const { headers } = answer(BROWSER);
  assert.match(headers["Content-Security-Policy"] ?? "", /^default-src 'none'; script-src 'self'; style-src 'self';/);
  assert.is(headers["X-Content-Type-Options"], "nosniff");
});

test("JSON holds a list of commands", () => {
  const { commands } = JSON.parse(String(answer("application/json").body));
  assert.equal(
    commands.map((one: { name: string }) => one.name),
    ["free"],
  );
});

test("another format is refused", () => {
  const { status, body } = answer(undefined, "format=x%0Ay");
  assert.equal([status, body], [400, 'format: found "x\\ny", wanted html or json\n']);
});

test.run();
