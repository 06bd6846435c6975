import { test } from "uvu";
import * as assert from "uvu/assert";
import { CONVERT } from "../../src/formats/convert.ts";

const CASES: Readonly<Record<keyof typeof CONVERT, Readonly<Record<string, number | undefined>>>> = {
  number: {
    "1": 1,
    "-1.5": -1.5,
    "+.5": 0.5,
    "1e3": 1000,
    "0x10": undefined,
    "1,5": undefined,
    "": undefined,
    nan: undefined,
    inf: undefined,
    "1e400": undefined,
    "1 2": undefined,
  },
  bytes: {
    "1.5Gi": 1.5 * 2 ** 30,
    "1.5GiB": 1.5 * 2 ** 30,
    "12 MB": 12e6,
    "12MB": 12e6,
    "12M": 12e6,
    "3k": 3000,
    "3K": 3000,
    "3Ki": 3072,
    "0B": 0,
    "17": 17,
    "1e3": 1000,
    "2 bytes": 2,
    "1Ti": 2 ** 40,
    "-1Ki": -1024,
    "1.2g": 1.2e9,
    "3m": 3e6,
    "64kib": 65_536,
    "1X": undefined,
    Gi: undefined,
    "1GiBs": undefined,
    "1.5.2G": undefined,
  },
  bytes_1024: { "1.5G": 1.5 * 2 ** 30, "12 MB": 12 * 2 ** 20, "3k": 3072, "3Ki": 3072, "2g": 2 * 2 ** 30 },
  percent: {
    "12%": 0.12,
    "0.07%": 0.0007,
    "1e1%": 0.1,
    "12 %": 0.12,
    "12": 0.12,
    "-5%": -0.05,
    "150%": 1.5,
    "%": undefined,
    "12%%": undefined,
  },
  duration: {
    "3m4s": 184,
    "1d2h": 93_600,
    "250ms": 0.25,
    "1.5h": 5400,
    "5us": 5e-6,
    "1min 30s": 90,
    "2 hours, 5 minutes": 7500,
    "1w": 604_800,
    "00:03:04": 184,
    "3:04": 184,
    "1-02:03:04": 93_784,
    "02:03:04.5": 7384.5,
    "7": 7,
    "-3m": -180,
    "3x": undefined,
    m: undefined,
    "3m 4": undefined,
    "1:2:3:4": undefined,
  },
  time: {
    "1970-01-01T00:00:10Z": 10,
    "1970-01-01 00:00:10.25Z": 10.25,
    "1970-01-01T01:00:00+01:00": 0,
    "1970-01-01T01:00:00+0100": 0,
    "1970-01-01T00:01Z": 60,
    "1520879607.789": 1520879607.789,
    "2024-02-29T00:00:00Z": 1_709_164_800,
    "2023-02-29T00:00:00Z": undefined,
    "2024-13-01T00:00:00Z": undefined,
    "2024-01-01T25:00:00Z": undefined,
    "2024-01-01T00:00:00": undefined,
    "2024-01-01": undefined,
    yesterday: undefined,
  },
  boolean: { yes: 1, No: 0, TRUE: 1, off: 0, enabled: 1, disabled: 0, "1": 1, "0": 0, "2": undefined, ja: undefined },
  decimal_comma: {
    "1.234,5": 1234.5,
    "1 234,5": 1234.5,
    "1\u00a0234": 1234,
    "12,5": 12.5,
    "-1,5": -1.5,
    "1234": 1234,
    "1.23": undefined,
    "1,2,3": undefined,
    "12.34,5": undefined,
  },
  thousands: {
    "1,234.5": 1234.5,
    "12,345,678": 12_345_678,
    "1234.5": 1234.5,
    "1'234": 1234,
    "1,23": undefined,
    "1.2.3": undefined,
  },
};

for (const [name, cases] of Object.entries(CASES)) {
  test(name, () => {
    const convert = CONVERT[name as keyof typeof CONVERT];
    assert.equal(Object.fromEntries(Object.keys(cases).map((text) => [text, convert(text)])), cases);
  });
}

test("takes linear time for long texts", () => {
  for (const convert of Object.values(CONVERT)) {
    for (const part of ["1", " ", "1m", "1,", "1.", "-", "1 ", "e1"]) assert.not(convert(`${part.repeat(1_000_000)}x`));
  }
});

test.run();
