/** Measured values of each row by round. */
export type Samples = Map<string, (readonly number[])[]>;

/** Adds a round of values to a row. */
export function addRound(samples: Samples, row: string, values: readonly number[]): void {
  samples.set(row, [...(samples.get(row) ?? []), values]);
}

/** A column of a table. Its cells have the ratio to the reference row, and the value. */
export type Column = {
  readonly heading: string;
  readonly samples: Samples;
  /** 0.5 is the median of the rounds' medians, and its ratio the median of the rounds' ratios; others are of all values together. */
  readonly quantile: number;
};

/** The value below which a part of the values lies, by the nearest rank. */
export function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)] ?? Number.NaN;
}

/** The value of a row. */
export function cellValue({ samples, quantile: part }: Column, row: string): number {
  const rounds = samples.get(row) ?? [];
  return part === 0.5 ? quantile(rounds.map(median), 0.5) : quantile(rounds.flat(), part);
}

/** How a row compares with the reference row. */
export function ratioOf(column: Column, row: string, reference: string): number {
  if (column.quantile !== 0.5) return cellValue(column, row) / cellValue(column, reference);
  const others = column.samples.get(reference) ?? [];
  const ratios = (column.samples.get(row) ?? []).map((values, round) => median(values) / median(others[round] ?? []));
  return quantile(ratios, 0.5);
}

const median = (values: readonly number[]) => quantile(values, 0.5);

/** A Markdown table of ratios to one row, with the values in parentheses. */
export function ratioTable(rows: readonly string[], reference: string, columns: readonly Column[]): string {
  const cell = (column: Column, row: string) =>
    column.samples.has(row)
      ? `${ratioOf(column, row, reference).toFixed(2)}x (${threeDigits(cellValue(column, row))})`
      : "";
  return markdown(
    ["", ...columns.map((column) => column.heading)],
    rows.map((row) => [row, ...columns.map((column) => cell(column, row))]),
  );
}

function threeDigits(value: number): string {
  return Math.abs(value) >= 100 ? value.toFixed(0) : value.toPrecision(3);
}

/** A Markdown table with aligned columns. */
export function markdown(heading: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [heading, ...rows];
  const widths = heading.map((_, column) => Math.max(3, ...all.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    `| ${widths.map((width, column) => (row[column] ?? "").padEnd(width)).join(" | ")} |`;
  const rule = `|${widths.map((width) => "-".repeat(width + 2)).join("|")}|`;
  return [line(heading), rule, ...rows.map(line)].join("\n");
}
