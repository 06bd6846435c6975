import { test } from "uvu";
import * as assert from "uvu/assert";
import { picture, sparkline } from "../../../src/web/page/svg.ts";

const FRAME = { since: 0, until: 10, most: 100 };

test("lines and bands are at their values, and end at gaps", () => {
  const points = [0, undefined, 50, 100].map((value, index) => ({ time: index * 2, value }));
  const band = [0, 5].map((time) => ({ time, between: [0, 50] as const }));
  const { html } = picture(FRAME, [{ name: "used", points: band }], [{ name: "available", points }], [50]);
  assert.ok(html.includes('<path class="line available" d="M0 200h.1M400 100L600 0"/>'), html);
  assert.ok(html.includes('<path class="area used" d="M0 100L500 100L500 200L0 200Z"/>'), html);
  assert.ok(html.includes('<path class="grid" d="M0 100H1000"/>'), html);
  assert.not.match(html, /style=|NaN|undefined/);
});

test("a sparkline is scaled to its range; a constant value is in the middle", () => {
  const rows = (values: readonly number[]) => values.map((value, time) => ({ time, values: { value } }));
  assert.match(sparkline(rows([3, 5]), "value", 0, 1).html, /d="M0 200L1000 0"/);
  assert.match(sparkline(rows([7, 7]), "value", 0, 1).html, /d="M0 100L1000 100"/);
});

test.run();
