import { counted, ParseError, quote } from "../text.ts";
import { decimalNumber } from "./figure.ts";
import type { Line } from "./lines.ts";

/** Bytes by row (`MemTotal`), then by node (`0`). Without negative figures and without the column Total. */
export type NodeMemory = ReadonlyMap<string, ReadonlyMap<string, number>>;

const TITLE = "Per-node system memory usage (in MBs):";
const COMPLAINT = /^Token \S+ not in hash table\.$/;
const HEADING = /^ +(?:Node \d{1,9}|Total)(?: +(?:Node \d{1,9}|Total))*$/;
const RULE = /^ +-+(?: -+)*$/;
/** All figures of a row have two decimals, or none with -c. */
const FIGURES = [/^-?\d{1,15}\.\d\d$/, /^-?\d{1,15}$/];
const MEBIBYTE = 2 ** 20;

/** A part of the table, with as many columns as the width allows. */
type Block = {
  readonly heading: Line;
  /** Node numbers, and `Total`. */
  readonly columns: readonly string[];
  readonly rows: Map<string, readonly string[]>;
};

/**
 * Parses the table of `numastat -m`, with any of -c (whole figures), -z (without zero rows and columns) and -s (sorted). Its MB
 * are MiB. If NUMASTAT_WIDTH is too small, the table is printed in several blocks, and the last one has the column Total.
 * Messages of numastat about unknown rows are ignored. Source: numastat(8), numastat.c of numactl.
 * @param partial whether the command line filters lines. The heading is required even then.
 * @throws ParseError for another table, a malformed row, blocks with different rows, and a missing Total.
 */
export function parseNumastat(lines: readonly Line[], partial = false): NodeMemory {
  const isTitled = lines[0]?.text === TITLE;
  const [title] = lines;
  const rest = lines.slice(isTitled ? 1 : 0);
  if (!isTitled && !(partial && title && HEADING.test(title.text))) {
    throw new ParseError(`found ${quote(title?.text ?? "")}, wanted ${quote(TITLE)}`, title?.number);
  }
  const blocks = readBlocks(rest.filter(({ text }) => !COMPLAINT.test(text)));
  const columns = blocks.flatMap((block) => block.columns);
  if (columns.at(-1) !== "Total" || new Set(columns).size < columns.length) {
    throw new ParseError(`found columns ${quote(columns.join(" "))}, wanted each node once and Total as the last`);
  }
  const memory = new Map<string, ReadonlyMap<string, number>>();
  for (const label of blocks[0]?.rows.keys() ?? []) {
    const bytes = new Map<string, number>();
    for (const { columns, heading, rows } of blocks) {
      const words = rows.get(label);
      if (!words) throw new ParseError(`found no row ${quote(label)} in the block that begins here`, heading.number);
      words.forEach((word, i) => {
        const figure = decimalNumber(word);
        if (figure !== undefined && columns[i] !== "Total") bytes.set(columns[i] ?? "", Math.round(figure * MEBIBYTE));
      });
    }
    memory.set(label, bytes);
  }
  return memory;
}

function readBlocks(lines: readonly Line[]): readonly Block[] {
  const blocks: Block[] = [];
  for (const line of lines) {
    const block = blocks.at(-1);
    if (HEADING.test(line.text)) {
      blocks.push({ heading: line, columns: line.text.match(/\d+|Total/g) ?? [], rows: new Map() });
    } else if (!block || !(RULE.test(line.text) && block.rows.size === 0)) {
      readRow(line, block);
    }
  }
  const bare = blocks.find((block) => block.rows.size === 0);
  if (bare) throw new ParseError("found a heading without rows", bare.heading.number);
  return blocks;
}

function readRow(line: Line, block: Block | undefined): void {
  const [label = "", ...words] = line.text.split(/ +/);
  const figures = FIGURES.some((figure) => words.every((word) => figure.test(word)));
  if (!block || !figures || words.length !== block.columns.length || !/^[A-Z]/.test(label)) {
    const wanted = block ? `a row of ${counted(block.columns.length, "figure")}` : "the heading with the nodes";
    throw new ParseError(`found ${quote(line.text)}, wanted ${wanted}`, line.number);
  }
  if (block.rows.has(label)) throw new ParseError(`found row ${quote(label)} twice in a block`, line.number);
  block.rows.set(label, words);
}
