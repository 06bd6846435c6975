import type { Family } from "../metric.ts";
import { linesOf } from "../parsers/lines.ts";
import { isSwapsHeading, parseSwaponTable, parseSwaps, SWAPON_COLUMNS, type Swaps } from "../parsers/swaps.ts";
import type { Output } from "../source.ts";
import { ParseError } from "../text.ts";
import { requireOptions } from "./asked.ts";
import { bytesGauge, plainFamilies, plainGauge } from "./figures.ts";
import { labelledFamilies } from "./labelled.ts";
import type { MetricRow, Preset } from "./preset.ts";
import { tableStyle } from "./table_style.ts";
import { commandOf } from "./words.ts";

const TOTALS: readonly MetricRow[] = [
  bytesGauge("swap_total", "Total swap space.", "Size"),
  bytesGauge("swap_used", "Used swap space.", "Used"),
];

const DEVICES: readonly MetricRow[] = [
  bytesGauge("swap_device_size", "Size of a swap partition or file.", "Size"),
  bytesGauge("swap_device_used", "Used swap space on a swap partition or file.", "Used"),
  plainGauge("swap_device_priority", "Priority of a swap partition or file; the highest is used first.", "Priority"),
];

const SUMMARY = ["-s", "--summary"];
/** Options of swapon with which it lists swaps, as it does without any. */
const SHOW = /^(?:--show(?:=.*)?|--bytes|--raw|--noheadings|--output-all|-v|--verbose)$/;

/** Linux: swap partitions and files. An empty list means that there is no swap. */
export const swaps: Preset = {
  name: "swaps",
  about: "Linux: swap partitions and files, by /proc/swaps or swapon",
  programs: ["swapon", "cat"],
  accepts: (words) => words[0] === "swapon" || words.some((word) => /(?:^|\/)proc\/swaps$/.test(word)),
  attempts: [{ files: ["/proc/swaps"] }],
  read: readSwaps,
  checkWords: (words) => {
    const isList = (options: readonly string[]) => options.every((word) => SHOW.test(word) || SUMMARY.includes(word));
    requireOptions(words, "swapon", isList, "swapon --show or swapon -s");
  },
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
      maxSeries: output.maxSeries,
    }),
  ];
}

function parse({ stdout, words }: Output): Swaps {
  const lines = linesOf(stdout);
  const { words: own, partial } = commandOf(words);
  const isSwapon = own[0] === "swapon";
  const isSummary = isSwapon && own.some((word) => SUMMARY.includes(word));
  const isShow = isSwapon && own.slice(1).every((word) => SHOW.test(word));
  if (lines.length === 0 && !isSummary && !isShow) throw new ParseError("found no output, wanted a list of swaps");
  const isList = isSwapsHeading(lines[0]) || (isSummary && lines.length > 0) || (partial && !isSwapon);
  const columns = { columns: "--show", valued: "", defaults: SWAPON_COLUMNS };
  const isHeadingLost = partial && lines[0]?.text.startsWith("/") === true;
  const found = isList
    ? parseSwaps(lines, !isSummary, partial)
    : parseSwaponTable(lines, tableStyle(own, columns, isHeadingLost));
  return partial ? { devices: found.devices, totalBytes: undefined, usedBytes: undefined } : found;
}
