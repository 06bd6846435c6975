import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Scale } from "../../src/parsers/figure.ts";
import { freeOptions, procpsRows } from "../../src/parsers/free_options.ts";
import { freeScale } from "../../src/parsers/free_scale.ts";
import type { FreeLayout } from "../../src/parsers/free_table.ts";
import { refusal } from "../cuts.ts";

type Known = { readonly multicall?: string; readonly texts?: readonly string[] };

/** The scale of a report that has just the rows that its options ask for. */
function scale(layout: FreeLayout, line: string, { multicall, texts = ["1024"] }: Known = {}): Scale {
  const options = freeOptions(line.split(" "));
  const hasCacheRow = ["eleven", "thirteen", "tabs"].includes(layout) && !options.old;
  const rows = [
    ...procpsRows(layout === "tabs" ? { ...options, total: false } : options),
    ...(hasCacheRow ? ["buffers_cache" as const] : []),
  ];
  const figures = rows.flatMap((row) => texts.map((text) => ({ row, column: "used" as const, text, line: 2 })));
  return freeScale({ options, multicall }, { layout, wide: options.wide, figures, lastEnded: true });
}

const unit = (layout: FreeLayout, line: string, known?: Known) => scale(layout, line, known).unit;
const DEPENDS =
  "found options whose unit depends on the version of free, wanted -b without --si, or --command.output-of with a unit that is certain (-b, -k, -m, -g)";

test("freeScale() counts in kibibytes by default, on toybox in bytes", () => {
  for (const layout of ["thirteen", "eleven", "twelve", "shifted", "translated"] as const)
    assert.is(unit(layout, "free"), 1024);
  assert.is(unit("tabs", "free"), 1);
  assert.is(unit("line", "free -L"), 1024);
});

test("freeScale() knows the units that mean the same everywhere", () => {
  for (const layout of ["eleven", "twelve", "shifted"] as const) {
    assert.is(unit(layout, "free -b"), 1);
    assert.is(unit(layout, "free -m"), 2 ** 20);
    assert.is(unit(layout, "free --gibi"), 2 ** 30);
    assert.is(unit(layout, "free --pebi"), 2 ** 50);
  }
  assert.is(unit("tabs", "free -t"), 2 ** 40);
});

test("freeScale() takes --kilo, --mega … as the layout of the report tells", () => {
  assert.is(unit("eleven", "free --mega"), 2 ** 20);
  assert.is(unit("shifted", "free --kilo"), 1e3);
  assert.is(unit("shifted", "free --mega"), 1e6);
  assert.is(unit("shifted", "free --peta"), 1e15);
  assert.is(
    refusal(() => unit("twelve", "free --mega")),
    DEPENDS,
  );
});

test("freeScale() takes --si alone for nothing where no version of that layout does otherwise", () => {
  assert.is(unit("eleven", "free --si"), 1024);
  assert.is(unit("twelve", "free --si"), 1024);
  assert.is(
    refusal(() => unit("shifted", "free --si")),
    DEPENDS,
    "1000 from 4.0.1",
  );
});

test("freeScale() takes --si with a unit where all versions of that layout count alike", () => {
  assert.is(unit("eleven", "free -b --si"), 1);
  assert.is(unit("shifted", "free -m --si"), 1e6);
  assert.is(unit("shifted", "free -b --si"), 1);
  assert.is(
    refusal(() => unit("twelve", "free -m --si")),
    DEPENDS,
    "BusyBox ignores --si",
  );
  assert.is(unit("twelve", "free -m --si", { multicall: "busybox" }), 2 ** 20);
});

test("freeScale() refuses the letters of -h --si, but for what only 4.0.0 and later print", () => {
  assert.is(scale("shifted", "free -h").base, 1024);
  for (const layout of ["twelve", "shifted"] as const) {
    assert.is(
      refusal(() => scale(layout, "free -h --si", { texts: ["16G"] })),
      DEPENDS,
    );
  }
  assert.is(scale("shifted", "free -h --si", { texts: ["7.6M"] }).suffixes, undefined);
  assert.is(scale("shifted", "free -h --si", { texts: ["670K"] }).base, 1000);
  assert.is(
    refusal(() => scale("shifted", "free -h --si", { texts: ["7.0M", "0.0K"] })),
    DEPENDS,
  );
});

test("freeScale() refuses a report that the program doesn't print when called so", () => {
  const rows = /^found a report with the rows .*, wanted the rows and columns that free prints when called so$/;
  assert.match(
    refusal(() => scale("tabs", "free", { multicall: "busybox" })),
    rows,
  );
  assert.match(
    refusal(() => scale("shifted", "free", { multicall: "toybox" })),
    rows,
  );
  assert.match(
    refusal(() => scale("thirteen", "free --si")),
    rows,
  );
  assert.match(
    refusal(() => scale("shifted", "free -L")),
    rows,
  );
});

test.run();
