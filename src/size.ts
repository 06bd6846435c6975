const UNIT_BYTES: Readonly<Record<string, number>> = {
  "": 1,
  B: 1,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
};

/** A size (`65536`, `64KiB`, `1MiB`, `2MB`) in bytes; undefined for anything else. */
export function sizeBytes(text: string): number | undefined {
  const [, count, unit = ""] = /^(\d{1,10})([KMG]?i?B)?$/.exec(text) ?? [];
  const bytes = Number(count) * (UNIT_BYTES[unit] ?? Number.NaN);
  return Number.isNaN(bytes) ? undefined : bytes;
}
