import { test } from "uvu";
import * as assert from "uvu/assert";
import { offScreen, onScreen, screenWidth } from "../../src/parsers/screen.ts";

test("screenWidth() counts columns of a terminal", () => {
  for (const [text, width] of [
    ["", 0],
    ["Mem:", 4],
    ["内存：", 6],
    ["스  왑:", 7],
    ["Mémoire", 7],
    ["Me\u0301moire", 7],
    ["свободно", 8],
  ] as const)
    assert.is(screenWidth(text), width, text);
});

test("onScreen() gives wide characters two places, and offScreen() takes them back", () => {
  assert.is(onScreen("a交b").length, 4);
  assert.is(offScreen(onScreen("a交换 b")), "a交换 b");
  assert.is(offScreen(onScreen("a交换 b").slice(0, 5)), "a交换");
});

test.run();
