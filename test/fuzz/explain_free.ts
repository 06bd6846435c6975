import { count, type Explain, plain, suffixed, wordsOf } from "./explain.ts";

/** The lines of a report: headings, and rows by what they are. */
type Table = {
  readonly columns: readonly string[];
  /** Where each heading ends; none where they are in another language. */
  readonly ends: readonly number[];
  readonly rows: readonly (readonly [row: string, line: string])[];
};

const LABELS: Readonly<Record<string, string>> = { "-/+ buffers": "-/+ buffers/cache" };
const ROWS = ["Mem", "Swap", "Total", "Low", "High", "Comm", "-/+ buffers/cache"];
const COLUMNS: Readonly<Record<string, string>> = { cached: "cache", "buffer/cache": "buff/cache" };
const NARROW = ["total", "used", "free", "shared", "buff/cache", "available"];
const WIDE = ["total", "used", "free", "shared", "buffers", "cache", "available"];
const LINE_NAMES = ["SwapUse", "CachUse", "MemUse", "MemFree"];
const LINE_PLACES = [
  "row Swap, column used",
  "row Mem, column buff/cache",
  "row Mem, column used",
  "row Mem, column free",
];

/** Figures of `free` by row and column, in the units of the words. */
export const explainFree: Explain = ({ lines: coloured, words }) => {
  const lines = coloured.map(withoutColours).filter((line) => line.trim() !== "");
  const asked = askedFor(words);
  const units = unitsOf(asked, lines);
  const values = (word: string | undefined) => [
    ...(asked.has("h") ? count(word).filter((zero) => zero === 0) : units.flatMap((unit) => plain(word, unit))),
    ...suffixed(word, (power) => (asked.has("si") ? [1000, 1024].map((kilo) => kilo * 1000 ** (power - 1)) : [])),
    ...suffixed(word, (power) => (asked.has("si") && power > 1 ? [2 ** 20 * 1000 ** (power - 2)] : [])),
  ];
  if (asked.has("L")) return ({ from }) => lines.flatMap((line) => oneLine(line, from)).flatMap(values);
  const tables = tablesOf(lines, asked);
  return ({ from }) => {
    const [, row = "", column = ""] = /^row (.+), column (.+)$/.exec(from) ?? [];
    return tables.flatMap((table) => cellsOf(table, row, column)).flatMap(values);
  };
};

function withoutColours(line: string): string {
  return line.replace(/(?<=^|\s)(?:\x1b\[[0-9;:]*m)+|(?:\x1b\[[0-9;:]*m)+(?=\s|$)/g, "");
}

/** Letters of options, and the long ones that matter. */
function askedFor(words: readonly string[]): Set<string> {
  const long: Readonly<Record<string, string>> = {
    ...{ bytes: "b", kibi: "k", mebi: "m", gibi: "g", tebi: "tebi", pebi: "pebi", si: "si" },
    ...{ kilo: "kilo", mega: "mega", giga: "giga", tera: "tera", peta: "peta" },
    ...{ human: "h", wide: "w", line: "L", lohi: "l", total: "t", committed: "v" },
  };
  return new Set(
    words.slice(words.lastIndexOf("free") + 1).flatMap((word) => {
      if (!word.startsWith("-")) return [];
      return word.startsWith("--") ? [long[word.slice(2)] ?? ""] : [...word.slice(1)];
    }),
  );
}

/** Bytes of a figure without a suffix. Versions differ in what --si and --mega mean, so all that one of them does counts. */
function unitsOf(asked: ReadonlySet<string>, lines: readonly string[]): number[] {
  const decimal = ["kilo", "mega", "giga", "tera", "peta"];
  const letters = ["k", "m", "g", "tebi", "pebi"];
  const units: number[] = asked.has("b") ? [1] : [];
  for (let power = 1; power <= 5; power += 1) {
    const isDecimal = asked.has(decimal[power - 1] ?? "");
    const isPlain = asked.has(letters[power - 1] ?? "");
    if (isPlain || isDecimal) units.push(1024 ** power);
    if (isDecimal || (isPlain && asked.has("si"))) units.push(1000 ** power, 1024 * 1000 ** (power - 1));
  }
  const isToybox = lines.some((line) => line.startsWith("\t"));
  if (isToybox) units.push(asked.has("t") ? 2 ** 40 : 1);
  return units.length > 0 && !isToybox ? units : [...units, 1024, ...(asked.has("si") ? [1000] : [])];
}

function tablesOf(lines: readonly string[], asked: ReadonlySet<string>): Table[] {
  const starts = lines.flatMap((line, i) => (isHeading(line) ? [i] : []));
  const order = ["Mem", ...(asked.has("l") ? ["Low", "High"] : []), "Swap"];
  const rows = [...order, ...(asked.has("t") ? ["Total"] : []), ...(asked.has("v") ? ["Comm"] : [])];
  if (starts.length > 0) return starts.map((start, i) => english(lines.slice(start, starts[i + 1]), rows));
  const columns = asked.has("w") ? WIDE : NARROW;
  return [
    { columns, ends: [], rows: lines.map((line, i) => [rows[(i % (rows.length + 1)) - 1] ?? "", line] as const) },
  ];
}

function isHeading(line: string): boolean {
  const words = wordsOf(line);
  return words[0] === "total" && words.includes("used") && words.includes("free");
}

function english([head = "", ...body]: readonly string[], order: readonly string[]): Table {
  const spread = head.replace(/^\t+/, (tabs) => " ".repeat(8 * tabs.length));
  const words = [...spread.matchAll(/\S+/g)];
  const labels = body.map((line) =>
    line
      .slice(0, labelEnd(line))
      .replace(/[:：]$/, "")
      .trim(),
  );
  const named = labels.map((label) => LABELS[label] ?? label);
  const isEnglish = named.some((label) => label !== "Comm" && ROWS.includes(label));
  return {
    columns: words.map(([word]) => COLUMNS[word] ?? word),
    ends: words.map((word) => word.index + word[0].length),
    rows: body.map((line, i) => [(isEnglish ? named[i] : order[i]) ?? "", line] as const),
  };
}

function labelEnd(line: string): number {
  const colon = line.search(/[:：]/);
  return colon < 0 ? (/^\s*\S+/.exec(line)?.[0].length ?? 0) : colon + 1;
}

/** The words in a cell: by counting them, or where figures touch, by the places of the headings. */
function cellsOf({ columns, ends, rows }: Table, row: string, column: string): string[] {
  const isCacheRow = row === "-/+ buffers/cache";
  const first = isCacheRow ? 1 : 0;
  const at = columns.indexOf(column);
  const wanted = row === "Mem" ? columns.length : isCacheRow ? 2 : 3;
  if (at < first || at - first >= wanted) return [];
  return rows.flatMap(([name, line]) => {
    if (name !== row) return [];
    const words = wordsOf(line.slice(labelEnd(line)));
    if (words.length === wanted) return words.slice(at - first, at - first + 1);
    return words.length < wanted ? [line.slice(at === first ? labelEnd(line) : ends[at - 1], ends[at]).trim()] : [];
  });
}

/** Figures of `free -L`, each after its name; in another language, by their order. */
function oneLine(line: string, from: string): string[] {
  const words = wordsOf(line);
  const isEnglish = words.some((word) => LINE_NAMES.includes(word));
  const place = LINE_PLACES.indexOf(from);
  if (!isEnglish) return words.slice(2 * place + 1, 2 * place + 2);
  return words.flatMap((word, i) => (word === LINE_NAMES[place] ? words.slice(i + 1, i + 2) : []));
}
