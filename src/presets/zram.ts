import type { Family } from "../metric.ts";
import { writtenLines } from "../parsers/lines.ts";
import { decode } from "../parsers/text.ts";
import { parseZramctl, ZRAMCTL_ALL_COLUMNS, ZRAMCTL_COLUMNS } from "../parsers/zramctl.ts";
import type { Output } from "../source.ts";
import { ParseError } from "../text.ts";
import { bytesGauge } from "./figures.ts";
import { labelledFamilies } from "./labelled.ts";
import type { MetricRow, Preset } from "./preset.ts";
import { tableStyle } from "./table_style.ts";
import { programOf } from "./words.ts";

const ROWS: readonly MetricRow[] = [
  bytesGauge("zram_disksize", "How much data a zram device takes at most.", "DISKSIZE"),
  bytesGauge("zram_data", "Data on a zram device, before compression.", "DATA"),
  bytesGauge("zram_compressed", "Data on a zram device, compressed.", "COMPR"),
  bytesGauge("zram_total", "Memory that a zram device takes, with all overhead.", "TOTAL"),
  bytesGauge("zram_limit", "Memory that a zram device may take; 0 is no limit.", "MEM-LIMIT"),
  bytesGauge("zram_peak", "Most memory that a zram device took so far.", "MEM-USED"),
  gauge("zero_pages", "Pages of one repeated word on a zram device, which take no memory.", "ZERO-PAGES"),
  gauge("migrated_objects", "Objects that compaction of a zram device has moved.", "MIGRATED"),
  gauge("streams", "How many pages a zram device compresses at once (up to Linux 4.6).", "STREAMS"),
];

const INFO = gauge("info", "By which algorithm a zram device compresses.", "ALGORITHM");

function gauge(name: string, help: string, from: string): MetricRow {
  return { name: `memory_zram_${name}`, help, type: "gauge", from };
}

/** Linux: compressed block devices in memory. No output says that none is in use. */
export const zram: Preset = {
  name: "zram",
  about: "Linux: compressed devices in memory, by zramctl of util-linux",
  programs: ["zramctl"],
  usual: ["zramctl"],
  attempts: [
    { argv: ["zramctl", "--bytes", "--raw", "--output-all"] },
    { argv: ["zramctl", "--bytes", "--raw"] },
    { argv: ["zramctl", "--bytes"] },
  ],
  read: readZram,
  metrics: [...ROWS, INFO],
};

function readZram({ stdout, words: line }: Output): readonly Family[] {
  const lines = writtenLines(decode(stdout));
  const words = programOf(line)?.words ?? line;
  if (lines.length === 0 && words[0] !== "zramctl") throw new ParseError("found no output, wanted that of zramctl");
  const style = tableStyle(words, {
    columns: "--output",
    valued: "aost",
    defaults: ZRAMCTL_COLUMNS,
    all: ZRAMCTL_ALL_COLUMNS,
  });
  const devices = parseZramctl(lines, style);
  const families = labelledFamilies(ROWS, devices, {
    labels: ({ name }) => ({ device: name }),
    figure: ({ figures }, from) => figures.get(from),
  });
  const algorithms = labelledFamilies([INFO], devices, {
    labels: ({ name, algorithm = "" }) => ({ device: name, algorithm }),
    figure: ({ algorithm }) => (algorithm === undefined ? undefined : 1),
  });
  return [...families, ...algorithms];
}
