import { test } from "uvu";
import * as assert from "uvu/assert";
import { decodeSegment, encodeRecord, MARK, type SpoolRecord } from "../../src/push/segment.ts";

const RECORDS: readonly SpoolRecord[] = [
  { kind: "added", entry: { number: 1, atMs: 1_700_000_000_123, samples: 60, bytes: new Uint8Array([1, 2, 3]) } },
  { kind: "removed", number: 1 },
  { kind: "added", entry: { number: 2 ** 40, atMs: 5, samples: 0, bytes: new Uint8Array() } },
];
const SEGMENT = Buffer.concat([MARK, ...RECORDS.map(encodeRecord)]);
/** Where records begin and end. */
const EDGES = [MARK.length];
for (const record of RECORDS) EDGES.push((EDGES.at(-1) ?? 0) + encodeRecord(record).length);

test("what was written is read", () => {
  assert.equal(decodeSegment(SEGMENT), { records: RECORDS, damagedAt: undefined });
});

test("the bytes are those of version 1, so that a spool of before is read", () => {
  const added = "18000000 19ea560f 01 000000000000f03f 00b08756febc7842 3c000000 010203";
  const removed = "09000000 a8f0256a 02 000000000000f03f";
  const wanted = `6d656d73706f6c01 ${added} ${removed}`.replaceAll(" ", "");
  assert.is(SEGMENT.subarray(0, EDGES[2]).toString("hex"), wanted);
});

test("a truncated segment is read up to the last complete record", () => {
  for (let length = 0; length < SEGMENT.length; length++) {
    const { records, damagedAt } = decodeSegment(SEGMENT.subarray(0, length));
    const whole = EDGES.filter((edge) => edge <= length).length - 1;
    assert.is(records.length, Math.max(0, whole), `${length} bytes`);
    const edge = whole < 0 ? 0 : (EDGES[whole] ?? 0);
    assert.is(damagedAt, edge === length && length > 0 ? undefined : edge, `${length} bytes`);
  }
});

test("a flipped bit is detected, and reading ends at its record", () => {
  for (let bit = 0; bit < SEGMENT.length * 8; bit++) {
    const bytes = Uint8Array.from(SEGMENT);
    const at = bit >> 3;
    bytes[at] = (bytes[at] ?? 0) ^ (1 << (bit & 7));
    const { records, damagedAt } = decodeSegment(bytes);
    const record = EDGES.filter((edge) => edge <= at).length - 1;
    assert.equal([records.length, damagedAt], [Math.max(0, record), record < 0 ? 0 : EDGES[record]], `bit ${bit}`);
  }
});

test.run();
