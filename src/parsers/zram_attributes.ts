import { ParseError, quote } from "../text.ts";
import { sizeInBytes } from "./figure.ts";
import { type Line, linesByFile } from "./lines.ts";
import type { ZramDevice } from "./zramctl.ts";

/** The fields of mm_stat, as columns of zramctl. Counts of huge pages follow them. */
const MM_STAT = ["DATA", "COMPR", "TOTAL", "MEM-LIMIT", "MEM-USED", "ZERO-PAGES", "MIGRATED"];
/** Files with one figure, and their columns of zramctl. Up to Linux 4.10, the fields of mm_stat are separate files. */
const FIGURES: Readonly<Record<string, string>> = {
  disksize: "DISKSIZE",
  max_comp_streams: "STREAMS",
  orig_data_size: "DATA",
  compr_data_size: "COMPR",
  mem_used_total: "TOTAL",
  zero_pages: "ZERO-PAGES",
};

/** The files of each device that are read. */
export const ZRAM_ATTRIBUTES: readonly string[] = [...Object.keys(FIGURES), "mm_stat", "comp_algorithm"];

const LINE = /^(.*\/zram\d{1,9}\/[a-z_]+):(.*)$/;

/** Whether a line is from a file below /sys/block/zram0, with its path before it. */
export function isZramAttribute(line: Line | undefined): boolean {
  return line !== undefined && LINE.test(line.text);
}

/**
 * Parses files below /sys/block/zram0 and further devices, with the path before each line. Returns the devices in use, as
 * zramctl lists them. Source: Documentation/admin-guide/blockdev/zram.rst of Linux.
 * @throws ParseError for any other line, and for an invalid figure.
 */
export function parseZramAttributes(lines: readonly Line[]): readonly ZramDevice[] {
  type Device = { name: string; algorithm?: string; figures: Map<string, number | undefined> };
  const devices = new Map<string, Device>();
  for (const [path, [line]] of linesByFile(lines, LINE)) {
    const [attribute = "", folder = ""] = path.split("/").reverse();
    const name = `/dev/${folder}`;
    const device: Device = devices.get(name) ?? { name, figures: new Map() };
    devices.set(name, device);
    if (!line) continue;
    if (attribute === "comp_algorithm") {
      const [, chosen] = /(?:^|\s)\[([a-z0-9_-]+)\](?:\s|$)/.exec(line.text) ?? [];
      if (chosen) device.algorithm = chosen;
      continue;
    }
    const columns = attribute === "mm_stat" ? MM_STAT : [FIGURES[attribute] ?? ""];
    const words = line.text.trim().split(/\s+/);
    for (const [i, column] of columns.entries()) {
      const word = words[i];
      if (column !== "" && word !== undefined) device.figures.set(column, figureOf(word, column, line));
    }
  }
  return [...devices.values()]
    .filter(({ figures }) => figures.get("DISKSIZE") !== 0)
    .map(({ name, algorithm, figures }) => ({ name, algorithm, figures }));
}

function figureOf(word: string, column: string, line: Line): number | undefined {
  if (word === "") throw new ParseError(`found ${quote(line.text)}, wanted the figure of ${column}`, line.number);
  return sizeInBytes(word, { unit: 1, base: 1024, human: false }, line.number, `as ${column}`);
}
