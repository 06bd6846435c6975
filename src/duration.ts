const UNIT_MS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};

/** A duration as Go writes it (`500ms`, `1.5s`, `1m30s`, `0`) in milliseconds, not negative; undefined for anything else. */
export function goDurationMs(text: string): number | undefined {
  if (text === "0") return 0;
  if (!/^(?:\d{1,15}(?:\.\d{1,15})?(?:ns|us|\u00b5s|\u03bcs|ms|s|m|h)){1,8}$/.test(text)) return undefined;
  const parts = [...text.matchAll(/([\d.]+)(\D+)/g)];
  return parts.reduce((sum, [, count, unit = ""]) => sum + Number(count) * (UNIT_MS[unit] ?? 0), 0);
}
