import { ParseError, quote } from "../text.ts";
import { bytesOf, countOf, type Field, readKeyed } from "./keyed.ts";
import type { Line } from "./lines.ts";
import type { NodeMemory } from "./numastat.ts";

/** With or without the path before it. There may be no space between key and figure. */
const LINE = /^(?:[^:]*:)?Node (\d{1,9}) ([^\s:]{1,64}):[ \t]*(\S*?)([ \t]{1,99}kB)?$/;
const HUGE_PAGE = /^(?:[^:]*:)?Hugepagesize:\s*(\d{1,12}) kB$/;
/** Counts of huge pages. They are converted to sizes, as numastat prints them. */
const HUGE_PAGES = /^HugePages_/;

/** Whether a line is in the format of /sys/devices/system/node/node0/meminfo. */
export function isNodeLine(line: Line | undefined): boolean {
  return line !== undefined && LINE.test(line.text);
}

/**
 * Parses /sys/devices/system/node/node0/meminfo, and those of further nodes, to sizes in bytes by key, then by node. Counts of
 * huge pages are converted with the line `Hugepagesize` of /proc/meminfo, and left out without it.
 * Source: node_read_meminfo() in drivers/base/node.c of Linux.
 * @throws ParseError for any other line, a duplicate key of a node, and an invalid figure.
 */
export function parseNodes(lines: readonly Line[]): NodeMemory {
  const hugePageBytes = lines.map(({ text }) => Number(HUGE_PAGE.exec(text)?.[1]) * 1024).find((size) => size > 0);
  const memory = new Map<string, Map<string, number>>();
  const rest = lines.filter(({ text }) => !HUGE_PAGE.test(text));
  const fields = readKeyed(rest, readLine, '"Node 0 MemTotal: 1 kB"');
  for (const [name, { node, key, isSize, field }] of fields) {
    if (isSize === HUGE_PAGES.test(key)) {
      throw new ParseError(
        `found ${quote(key)} ${isSize ? "in" : "without"} kB, wanted it as the kernel writes it`,
        field.line,
      );
    }
    const unit = isSize ? 1024 : hugePageBytes;
    const count = countOf(new Map([[name, field]]), name);
    const bytes = unit === undefined || count === undefined ? undefined : bytesOf(new Map([[name, field]]), name, unit);
    if (bytes !== undefined) memory.set(key, (memory.get(key) ?? new Map<string, number>()).set(node, bytes));
  }
  return memory;
}

type NodeField = { readonly node: string; readonly key: string; readonly isSize: boolean; readonly field: Field };

function readLine({ text, number }: Line): [string, NodeField] | undefined {
  const [, node, key, figure, unit] = LINE.exec(text) ?? [];
  if (node === undefined || key === undefined || figure === undefined) return undefined;
  return [`${key} of node ${node}`, { node, key, isSize: unit !== undefined, field: { text: figure, line: number } }];
}
