import type { Family } from "../metric.ts";
import { writtenLines } from "../parsers/lines.ts";
import { isSwapsHeading, parseSwaponTable, parseSwaps, SWAPON_COLUMNS, type Swaps } from "../parsers/swaps.ts";
import { decode } from "../parsers/text.ts";
import type { Output } from "../source.ts";
import { ParseError } from "../text.ts";
import { bytesGauge, plainFamilies } from "./figures.ts";
import { labelledFamilies } from "./labelled.ts";
import type { MetricRow, Preset } from "./preset.ts";
import { tableStyle } from "./table_style.ts";
import { programOf } from "./words.ts";

const TOTALS: readonly MetricRow[] = [
  bytesGauge("swap_total", "Total swap space.", "Size"),
  bytesGauge("swap_used", "Swap space in use.", "Used"),
];

const DEVICES: readonly MetricRow[] = [
  bytesGauge("swap_device_size", "Size of a swap partition or file.", "Size"),
  bytesGauge("swap_device_used", "Swap in use on a swap partition or file.", "Used"),
  {
    name: "memory_swap_device_priority",
    help: "Priority of a swap partition or file: the highest is used first.",
    type: "gauge",
    from: "Priority",
  },
];

const SUMMARY = ["-s", "--summary"];

/** Linux: its swap partitions and files. A list without any says that there is no swap. */
export const swaps: Preset = {
  name: "swaps",
  about: "Linux: swap partitions and files, by /proc/swaps or swapon",
  programs: ["swapon", "cat"],
  asks: (words) => words[0] === "swapon" || words.some((word) => /(?:^|\/)proc\/swaps$/.test(word)),
  attempts: [{ files: ["/proc/swaps"] }],
  read: readSwaps,
  metrics: [...TOTALS, ...DEVICES],
};

function readSwaps(output: Output): readonly Family[] {
  const { devices, totalBytes, usedBytes } = parse(output);
  const totals = new Map([
    ["Size", totalBytes],
    ["Used", usedBytes],
  ]);
  return [
    ...plainFamilies(TOTALS, totals),
    ...labelledFamilies(DEVICES, devices, {
      labels: ({ name, type }) => ({ device: name, ...(type !== undefined && { type }) }),
      figure: (device, from) =>
        from === "Priority" ? device.priority : from === "Size" ? device.sizeBytes : device.usedBytes,
    }),
  ];
}

function parse({ stdout, words: line }: Output): Swaps {
  const lines = writtenLines(decode(stdout));
  const words = programOf(line)?.words ?? line;
  const isSummary = words[0] === "swapon" && words.some((word) => SUMMARY.includes(word));
  const isShow = words[0] === "swapon" && words.some((word) => word === "--show" || word.startsWith("--show="));
  if (lines.length === 0 && !isSummary && !isShow) throw new ParseError("found no output, wanted a list of swaps");
  if (isSwapsHeading(lines[0])) return parseSwaps(lines, !isSummary);
  return parseSwaponTable(lines, tableStyle(words, { columns: "--show", valued: "", defaults: SWAPON_COLUMNS }));
}
