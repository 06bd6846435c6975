import { test } from "uvu";
import * as assert from "uvu/assert";
import { decimalNumber, type Scale, sizeInBytes, wholeNumber } from "../../src/parsers/figure.ts";
import { refusal } from "../cuts.ts";

const KIBIBYTES: Scale = { unit: 1024, base: 1024, human: false };
const HUMAN: Scale = { unit: 1, base: 1024, human: true };
const DECIMAL: Scale = { unit: 1, base: 1000, human: true };

const size = (word: string, scale: Scale) => sizeInBytes(word, scale, 2, 'in column "used"');

test("wholeNumber() takes up to 64 bits, leading zeros and nothing else", () => {
  assert.is(wholeNumber("0"), 0);
  assert.is(wholeNumber("0016"), 16);
  assert.is(wholeNumber("18446744073709551615"), 2 ** 64);
  for (const word of ["18446744073709551616", "1234567890123456789012", "", "-1", "1.0", "0x10", "1e3", "١", "1 "]) {
    assert.is(wholeNumber(word), undefined, word);
  }
});

test("decimalNumber() takes a point, no sign and no exponent", () => {
  assert.is(decimalNumber("0.35"), 0.35);
  assert.is(decimalNumber("12"), 12);
  for (const word of ["1.", ".5", "-1", "1e3", "1,5", "inf", "NaN"]) assert.is(decimalNumber(word), undefined, word);
});

test("sizeInBytes() multiplies whole numbers by the unit", () => {
  assert.is(size("3", KIBIBYTES), 3072);
  assert.is(size("2305843009213693952", { ...KIBIBYTES, unit: 1 }), 2 ** 61);
});

test("sizeInBytes() reads suffixes by the base, and those with an i by 1024", () => {
  assert.is(size("8.7Mi", HUMAN), 9122611);
  assert.is(size("8.7Mi", DECIMAL), 9122611);
  assert.is(size("1,9G", HUMAN), 2040109466);
  assert.is(size("1.9G", DECIMAL), 1.9e9);
  assert.is(size("1014.6M", HUMAN), 1063885210);
  assert.is(size("0B", DECIMAL), 0);
});

test("sizeInBytes() takes bare suffixes from a table where there is one", () => {
  const odd: Scale = { ...DECIMAL, suffixes: { M: 1024e3 } };
  assert.is(size("2M", odd), 2048e3);
  assert.is(size("2Mi", odd), 2 ** 21);
  assert.is(size("5B", odd), 5);
  assert.match(
    refusal(() => size("2G", odd)),
    /^line 2: found "2G" in column "used", wanted a figure with a suffix$/,
  );
});

test("sizeInBytes() reads a unit that is written out, which only the powers of 1024 are", () => {
  assert.is(size("15GiB", HUMAN), 15 * 2 ** 30);
  assert.is(size("1.5KiB", { ...HUMAN, base: 1000 }), 1536);
});

test("sizeInBytes() gives nothing for what is below zero, also when it is printed unsigned", () => {
  assert.is(size("-108680", KIBIBYTES), undefined);
  assert.is(size("-4.0Gi", HUMAN), undefined);
  assert.is(size("18014398509481878", { ...KIBIBYTES, unit: 2 ** 20 }), undefined);
  assert.is(size("16.0E", HUMAN), undefined);
  assert.is(size("9223372036854775807", { ...KIBIBYTES, unit: 1 }), undefined);
});

test("sizeInBytes() refuses what is no figure", () => {
  for (const word of ["lots", "-", "--5", "1e3", "0x10", "16,201,888", "1.5", "5K", "inf"]) {
    assert.is(
      refusal(() => size(word, KIBIBYTES)),
      `line 2: found "${word}" in column "used", wanted a whole number`,
    );
  }
  for (const word of ["Gi", "1.9.4Gi", "15Xi", "15GB", "15GiBs", "5Bi", "5BiB", "1.234G", "1234567G", "1 G", "5KB"]) {
    assert.is(
      refusal(() => size(word, HUMAN)),
      `line 2: found "${word}" in column "used", wanted a figure with a suffix`,
    );
  }
});

test.run();
