/** What a question gives. */
export type Report = {
  readonly title: string;
  /** How it was measured, for the reader of the table. */
  readonly how: string;
  readonly table: string;
  readonly aims: readonly Aim[];
};

/** A bound that the exporter is to keep, and what was measured. NaN where what it is compared with is left out. */
export type Aim = { readonly what: string; readonly bound: number; readonly value: number; readonly unit: string };

/** Whether an aim was reached, in a row for the table of aims. */
export function aimRow({ what, bound, value, unit }: Aim): readonly string[] {
  const reached = Number.isNaN(value) ? "not measured" : value <= bound ? "yes" : "no";
  return [what, `${bound.toFixed(2)}${unit}`, Number.isNaN(value) ? "" : `${value.toFixed(2)}${unit}`, reached];
}
