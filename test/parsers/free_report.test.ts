import { test } from "uvu";
import * as assert from "uvu/assert";
import { type FreeReport, parseFree } from "../../src/parsers/free.ts";
import { ParseError } from "../../src/text.ts";
import { readCuts } from "../cuts.ts";
import { LAYOUTS, printReport } from "../free_model.ts";
import { createRandom } from "../random.ts";

function flat(report: FreeReport): Record<string, number | undefined> {
  const cells = Object.entries(report).flatMap(([row, columns]) =>
    Object.entries(columns).map(([column, bytes]) => [`${row}.${column}`, bytes] as const),
  );
  return Object.fromEntries(cells);
}

for (const [i, layout] of LAYOUTS.entries()) {
  test(`What ${layout.name} prints is read back`, () => {
    const random = createRandom(i);
    for (let round = 0; round < 100; round++) {
      const printed = printReport(layout, random, 11);
      assert.equal(flat(parseFree(printed.text, printed)), printed.bytes, printed.text);
    }
  });

  test(`What ${layout.name} prints is refused when it is cut, or read whole`, () => {
    const random = createRandom(100 + i);
    for (let round = 0; round < 8; round++) {
      const printed = printReport(layout, random, 13);
      for (const [length, report] of readCuts(printed.text, (cut) => parseFree(cut, printed))) {
        assert.is(length, printed.text.length - 1, printed.text.slice(0, length));
        assert.equal(flat(report), printed.bytes);
      }
    }
  });

  test(`What ${layout.name} prints is refused when a character is lost, or read right`, () => {
    const random = createRandom(200 + i);
    for (let round = 0; round < 4; round++) {
      const printed = printReport(layout, random, 8);
      for (let at = 0; at < printed.text.length - 1; at++) {
        const damaged = printed.text.slice(0, at) + printed.text.slice(at + 1);
        let report: FreeReport | undefined;
        try {
          report = parseFree(damaged, printed);
        } catch (error) {
          if (!(error instanceof ParseError)) throw error;
        }
        if (report) assert.equal(flat(report), printed.bytes, damaged);
      }
    }
  });
}

test.run();
