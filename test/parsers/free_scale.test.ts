import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Scale } from "../../src/parsers/figure.ts";
import { freeOptions, procpsRows } from "../../src/parsers/free_options.ts";
import { type FreeLook, freeScale, freeVersionMatters, isBusybox } from "../../src/parsers/free_scale.ts";
import { refusal } from "../cuts.ts";

type Known = { readonly version?: string; readonly multicall?: string; readonly texts?: readonly string[] };

/** The scale of a report that has just the rows that its options ask for. */
function scale(look: FreeLook, line: string, { version, multicall, texts = ["1024"] }: Known = {}): Scale {
  const options = freeOptions(line.split(" "));
  const hasCacheRow = ["eleven", "thirteen", "tabs"].includes(look) && !options.old;
  const rows = [
    ...procpsRows(look === "tabs" ? { ...options, total: false } : options),
    ...(hasCacheRow ? ["buffers_cache" as const] : []),
  ];
  const figures = rows.flatMap((row) => texts.map((text) => ({ row, column: "used" as const, text, line: 2 })));
  return freeScale({ options, multicall, version }, { look, wide: options.wide, figures, lastEnded: true });
}

const unit = (look: FreeLook, line: string, known?: Known) => scale(look, line, known).unit;
const DEPENDS =
  "found options whose unit depends on the version of free, wanted its version, or -b for bytes without --si";

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

test("freeScale() takes them as the version tells, where the look doesn't", () => {
  const mega = (version: string) => unit("twelve", "free --mega", { version: `free from procps-ng ${version}` });
  assert.is(mega("3.3.10"), 2 ** 20);
  assert.is(mega("3.3.12"), 1024e3);
  assert.is(mega("3.3.13"), 1e6);
  assert.is(mega("3.3.16"), 1e6);
  assert.is(
    refusal(() => mega("3.3.11")),
    DEPENDS,
  );
  assert.is(
    refusal(() => mega("4.0.2")),
    DEPENDS,
  );
});

test("freeScale() takes --si alone for nothing until 4.0.1", () => {
  assert.is(unit("eleven", "free --si"), 1024);
  assert.is(unit("twelve", "free --si"), 1024);
  assert.is(
    refusal(() => unit("shifted", "free --si")),
    DEPENDS,
  );
  for (const [version, bytes] of [
    ["procps-ng 3.3.17", 1024],
    ["free from procps-ng 4.0.0", 1024],
    ["free from procps-ng 4.0.1", 1000],
    ["free from procps-ng 4.0.4.189-21f6", 1000],
  ] as const) {
    assert.is(unit("shifted", "free --si", { version }), bytes, version);
  }
});

test("freeScale() takes --si with a unit as the version reckoned it", () => {
  const old = { version: "free from procps-ng 3.3.9" };
  assert.is(unit("eleven", "free -k --si", old), 1000);
  assert.is(unit("eleven", "free -m --si", old), 1024e3);
  assert.is(unit("shifted", "free -m --si"), 1e6);
  assert.is(unit("shifted", "free -b --si"), 1);
  assert.is(
    refusal(() => unit("twelve", "free -m --si")),
    DEPENDS,
    "BusyBox ignores --si",
  );
  assert.is(unit("twelve", "free -m --si", { version: "free from procps-ng 3.3.12" }), 1024e3);
  assert.is(unit("twelve", "free -m --si", { version: "free from procps-ng 3.3.14" }), 1e6);
  assert.is(unit("twelve", "free -m --si", { version: "BusyBox v1.35.0 (2022-08-01 15:14:44 UTC)" }), 2 ** 20);
  assert.is(unit("twelve", "free -m --si", { multicall: "busybox" }), 2 ** 20);
});

test("freeScale() takes the letters of -h --si as the version reckoned them", () => {
  assert.is(scale("shifted", "free -h").base, 1024);
  const si = (version: string, look: FreeLook = "shifted") => scale(look, "free -h --si", { version, texts: ["16G"] });
  assert.equal(si("procps-ng 4.0.0"), { unit: 1, base: 1000, human: true });
  assert.is(si("procps-ng 3.3.17").suffixes?.M, 2 ** 20);
  assert.is(si("procps-ng 3.3.15", "twelve").suffixes?.G, 2 ** 20 * 1000);
  assert.is(si("procps-ng 3.3.12", "twelve").suffixes?.G, 1024e6);
  assert.is(si("procps version 3.2.8", "eleven").suffixes?.K, 1000);
  assert.is(
    refusal(() => scale("shifted", "free -h --si", { texts: ["16G"] })),
    DEPENDS,
  );
});

test("freeScale() knows 4.0.0 by tenths of a mega, which it is the first to print under -h --si", () => {
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

test("freeScale() refuses a version of another program or none where it needs one", () => {
  for (const version of ["free 0.0.1", "", "util-linux 2.38", "procps"]) {
    assert.is(
      refusal(() => unit("shifted", "free --si", { version })),
      DEPENDS,
      version,
    );
  }
});

test("freeVersionMatters() says so for --si and decimal names", () => {
  assert.ok(freeVersionMatters(freeOptions(["free", "--si"])));
  assert.ok(freeVersionMatters(freeOptions(["free", "--giga"])));
  assert.not(freeVersionMatters(freeOptions(["free", "-m", "-h"])));
});

test("isBusybox() knows its banner", () => {
  assert.ok(isBusybox("BusyBox v1.36.1 (Debian 1:1.36.1-9) multi-call binary."));
  assert.not(isBusybox("free from procps-ng 4.0.2"));
  assert.not(isBusybox(undefined));
});

test.run();
