/** The result of a question. */
export type Report = {
  readonly title: string;
  /** How it was measured, for the reader of the table. */
  readonly how: string;
  readonly table: string;
  readonly aims: readonly Aim[];
};

/** An upper limit that the exporter should keep, and the measured value; NaN if it could not be measured. */
export type Aim = { readonly what: string; readonly bound: number; readonly value: number; readonly unit: string };

/** Whether an aim was reached, in a row for the table of aims. */
export function aimRow({ what, bound, value, unit }: Aim): readonly string[] {
  const reached = Number.isNaN(value) ? "not measured" : value <= bound ? "yes" : "no";
  return [what, `${bound.toFixed(2)}${unit}`, Number.isNaN(value) ? "" : `${value.toFixed(2)}${unit}`, reached];
}
