import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Scale } from "../../src/parsers/figure.ts";
import { freeOptions, procpsRows } from "../../src/parsers/free_options.ts";
import { freeScale } from "../../src/parsers/free_scale.ts";
import type { FreeLook } from "../../src/parsers/free_table.ts";
import { refusal } from "../cuts.ts";

type Known = { readonly multicall?: string; readonly texts?: readonly string[] };

/** The scale of a report that has just the rows that its options ask for. */
function scale(look: FreeLook, line: string, { multicall, texts = ["1024"] }: Known = {}): Scale {
  const options = freeOptions(line.split(" "));
  const hasCacheRow = ["eleven", "thirteen", "tabs"].includes(look) && !options.old;
  const rows = [
    ...procpsRows(look === "tabs" ? { ...options, total: false } : options),
    ...(hasCacheRow ? ["buffers_cache" as const] : []),
  ];
  const figures = rows.flatMap((row) => texts.map((text) => ({ row, column: "used" as const, text, line: 2 })));
  return freeScale({ options, multicall }, { look, wide: options.wide, figures, lastEnded: true });
}

const unit = (look: FreeLook, line: string, known?: Known) => scale(look, line, known).unit;
const DEPENDS =
  "found options whose unit depends on the version of free, wanted -b without --si, or --command.output-of with a unit that is certain (-b, -k, -m, -g)";

test("freeScale() counts in kibibytes by default, on toybox in bytes", () => {
  for (const look of ["thirteen", "eleven", "twelve", "shifted", "translated"] as const)
    assert.is(unit(look, "free"), 1024);
  assert.is(unit("tabs", "free"), 1);
  assert.is(unit("line", "free -L"), 1024);
});

test("freeScale() knows the units that mean the same everywhere", () => {
  for (const look of ["eleven", "twelve", "shifted"] as const) {
    assert.is(unit(look, "free -b"), 1);
    assert.is(unit(look, "free -m"), 2 ** 20);
    assert.is(unit(look, "free --gibi"), 2 ** 30);
    assert.is(unit(look, "free --pebi"), 2 ** 50);
  }
  assert.is(unit("tabs", "free -t"), 2 ** 40);
});

test("freeScale() takes --kilo, --mega … as the look of the report tells", () => {
  assert.is(unit("eleven", "free --mega"), 2 ** 20);
  assert.is(unit("shifted", "free --kilo"), 1e3);
  assert.is(unit("shifted", "free --mega"), 1e6);
  assert.is(unit("shifted", "free --peta"), 1e15);
  assert.is(
    refusal(() => unit("twelve", "free --mega")),
    DEPENDS,
  );
});

test("freeScale() takes --si alone for nothing where no version of that look does otherwise", () => {
  assert.is(unit("eleven", "free --si"), 1024);
  assert.is(unit("twelve", "free --si"), 1024);
  assert.is(
    refusal(() => unit("shifted", "free --si")),
    DEPENDS,
    "1000 from 4.0.1",
  );
});

test("freeScale() takes --si with a unit where all versions of that look count alike", () => {
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
  for (const look of ["twelve", "shifted"] as const) {
    assert.is(
      refusal(() => scale(look, "free -h --si", { texts: ["16G"] })),
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
