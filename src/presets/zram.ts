import type { Family } from "../metric.ts";
import { type Line, linesOf } from "../parsers/lines.ts";
import { isZramAttribute, parseZramAttributes, ZRAM_ATTRIBUTES } from "../parsers/zram_attributes.ts";
import { parseZramctl, ZRAMCTL_ALL_COLUMNS, ZRAMCTL_COLUMNS, type ZramDevice } from "../parsers/zramctl.ts";
import type { Output } from "../source.ts";
import { ParseError } from "../text.ts";
import { requireOptions } from "./asked.ts";
import { bytesGauge, plainGauge } from "./figures.ts";
import { labelledFamilies } from "./labelled.ts";
import type { MetricRow, Preset } from "./preset.ts";
import { tableStyle } from "./table_style.ts";
import { type Command, commandOf } from "./words.ts";

const ROWS: readonly MetricRow[] = [
  bytesGauge("zram_disksize", "Size of a zram device, before compression.", "DISKSIZE"),
  bytesGauge("zram_data", "Data stored on a zram device, before compression.", "DATA"),
  bytesGauge("zram_compressed", "Data stored on a zram device, compressed.", "COMPR"),
  bytesGauge("zram_total", "Memory used by a zram device, including overhead.", "TOTAL"),
  bytesGauge("zram_limit", "Memory limit of a zram device; 0 means no limit.", "MEM-LIMIT"),
  bytesGauge("zram_peak", "Peak memory used by a zram device.", "MEM-USED"),
  plainGauge(
    "zram_zero_pages",
    "Pages of a zram device that are filled with one value and use no memory.",
    "ZERO-PAGES",
  ),
  plainGauge("zram_migrated_objects", "Objects moved by the compaction of a zram device.", "MIGRATED"),
  plainGauge("zram_streams", "Compression streams of a zram device (up to Linux 4.6).", "STREAMS"),
];

const INFO = plainGauge("zram_info", "Compression algorithm of a zram device.", "ALGORITHM");

/** Linux: compressed block devices in memory. An empty output of zramctl means that none is in use. */
export const zram: Preset = {
  name: "zram",
  about: "Linux: compressed devices in memory, by the kernel's files or zramctl",
  programs: ["zramctl", "cat"],
  accepts: (words) => words[0] === "zramctl" || words.some((word) => ZRAM_FILE.test(word)),
  defaultWords: ["zramctl"],
  attempts: [
    { files: ZRAM_ATTRIBUTES.map((attribute) => `/sys/block/zram*/${attribute}`) },
    { argv: ["zramctl", "--bytes", "--raw", "--output-all"] },
    { argv: ["zramctl", "--bytes", "--raw"] },
    { argv: ["zramctl", "--bytes"] },
  ],
  read: readZram,
  checkWords: (words) => {
    const isList = (options: readonly string[]) => !options.some((word) => CHANGES.test(word));
    requireOptions(words, "zramctl", isList, "zramctl that lists devices and changes none");
  },
  metrics: [...ROWS, INFO],
};

/** Options of zramctl that set devices up or reset them. */
const CHANGES = /^(?:-[bn]*[afrstp]|--(?:algorithm|find|reset|size|streams))/;

const ZRAM_FILE = /\/zram[\d*]+\/(?:disksize|mm_stat)$/;

function readZram({ stdout, words, maxSeries }: Output): readonly Family[] {
  const devices = readDevices(linesOf(stdout), commandOf(words));
  const families = labelledFamilies(ROWS, devices, {
    labels: ({ name }) => ({ device: name }),
    figure: ({ figures }, from) => figures.get(from),
    maxSeries,
  });
  const algorithms = labelledFamilies([INFO], devices, {
    labels: ({ name, algorithm = "" }) => ({ device: name, algorithm }),
    figure: ({ algorithm }) => (algorithm === undefined ? undefined : 1),
    maxSeries,
  });
  return [...families, ...algorithms];
}

function readDevices(lines: readonly Line[], { words, partial }: Command): readonly ZramDevice[] {
  const [first] = lines;
  if (isZramAttribute(first)) return parseZramAttributes(lines);
  if (!first && words[0] !== "zramctl") throw new ParseError("found no output, wanted that of zramctl");
  const isHeadingLost = partial && words[0] === "zramctl" && first !== undefined && /zram\d/.test(first.text);
  const columns = { columns: "--output", valued: "aost", defaults: ZRAMCTL_COLUMNS, all: ZRAMCTL_ALL_COLUMNS };
  return parseZramctl(lines, tableStyle(words, columns, isHeadingLost));
}
