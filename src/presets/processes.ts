import type { Family } from "../metric.ts";
import { writtenLines } from "../parsers/lines.ts";
import { isProcPidLine, parseProcPids } from "../parsers/proc_pid.ts";
import { type Process, parsePs } from "../parsers/ps.ts";
import { decode } from "../parsers/text.ts";
import type { Output } from "../source.ts";
import { ParseError, quote } from "../text.ts";
import { bytesGauge } from "./figures.ts";
import { labelledFamilies } from "./labelled.ts";
import type { MetricRow, Preset } from "./preset.ts";
import { programOf } from "./words.ts";

const ROWS: readonly MetricRow[] = [
  {
    name: "memory_processes",
    help: "Processes of a program.",
    type: "gauge",
    from: "count",
  },
  bytesGauge(
    "processes_resident",
    "Memory of a program's processes in RAM; what they share is counted for each.",
    "rss",
  ),
  bytesGauge("processes_proportional", "Memory of a program's processes in RAM; what they share is divided.", "pss"),
];

/** So many programs are told by name, those with the most memory; label values must not grow without bound. */
const MOST_PROGRAMS = 10;
/** All programs that are not told by name. A program of this name is one of them. */
const OTHER = "other";
/** Kernel threads have long names; those of programs have 15 bytes on Linux. */
const LONGEST_NAME = 64;

/** All processes and nothing else, on Linux, macOS and the BSDs alike. */
const PS = ["ps", "-A", "-o", "rss=", "-o", "comm="];

/**
 * The largest programs by the memory of their processes. Linux is read from /proc, in whole KiB; others by ps. Add
 * `Pss` and /proc/[0-9]*\/smaps_rollup to the words of the first to have shared memory divided, which takes longer.
 */
export const processes: Preset = {
  name: "processes",
  about: "The ten programs with the most memory in RAM, and all others together, by /proc or ps",
  programs: ["ps", "cat"],
  asks: (words) => words[0] === "ps" || words.some(isProcFile),
  checkWords: (words) => {
    if (!(programOf(words)?.words ?? words).some(isProcFile)) requireColumns(words);
  },
  usual: PS,
  attempts: [{ argv: ["/bin/sh", "-c", 'grep -sE "^(Name|VmRSS):" /proc/[0-9]*/status; [ $? -le 2 ]'] }, { argv: PS }],
  read: readProcesses,
  metrics: ROWS,
};

function isProcFile(word: string): boolean {
  return /^\/proc\/\S+\/(?:status|smaps_rollup)$/.test(word);
}

type Program = { readonly label: string; readonly figures: ReadonlyMap<string, number | undefined> };

function readProcesses({ stdout, words }: Output): readonly Family[] {
  const lines = writtenLines(decode(stdout));
  const isProc = isProcPidLine(lines[0]);
  if (!isProc) requireColumns(words);
  const list = isProc ? parseProcPids(lines) : parsePs(lines);
  return labelledFamilies(ROWS, largestPrograms(list), {
    labels: ({ label }) => ({ program: label }),
    figure: ({ figures }, from) => figures.get(from),
  });
}

const RESIDENT = ["rss", "rssize", "rsz"];
const NAME = ["comm", "ucmd", "ucomm"];

/** @throws ParseError for a line of ps with other columns: a list of PIDs and names looks just like sizes and names. */
function requireColumns(line: readonly string[]): void {
  const [program, ...options] = programOf(line)?.words ?? [];
  const [resident = "", name = "", ...more] = askedColumns(options);
  if (program !== "ps" || !RESIDENT.includes(resident) || !NAME.includes(name) || more.length > 0) {
    throw new ParseError(`found ${quote(line.join(" "))}, wanted ps with -o rss,comm`);
  }
}

/** The columns that options of ps name: `-o rss=,comm=`, `-eo rss,comm`, `-o rss= -o comm=`, `axo rss,comm`. */
function askedColumns(options: readonly string[]): readonly string[] {
  const lists: string[] = [];
  for (let i = 0; i < options.length; i += 1) {
    const [, attached] = /^(?:-[A-Za-z]*?o|--format=)(.*)$/s.exec(options[i] ?? "") ?? [];
    const isApart = attached === "" || options[i] === "--format" || (i === 0 && /^[a-z]*o$/.test(options[i] ?? ""));
    if (isApart) i += 1;
    lists.push((isApart ? options[i] : attached) ?? "");
  }
  const columns = lists.flatMap((list) => list.split(/[\s,]+/)).map((column) => column.replace(/=.*$/s, ""));
  return columns.filter((column) => column !== "");
}

function largestPrograms(list: readonly Process[]): readonly Program[] {
  const byName = Map.groupBy(list, ({ name }) => programName(name));
  const resident = (group: readonly Process[]) => group.reduce((sum, one) => sum + one.residentBytes, 0);
  const ordered = [...byName].filter(([name]) => name !== OTHER).sort(([, a], [, b]) => resident(b) - resident(a));
  const rest = [...ordered.slice(MOST_PROGRAMS).flatMap(([, group]) => group), ...(byName.get(OTHER) ?? [])];
  const told = [...ordered.slice(0, MOST_PROGRAMS), ...(rest.length > 0 ? [[OTHER, rest] as const] : [])];
  return told.map(([label, group]) => ({
    label,
    figures: new Map([
      ["count", group.length],
      ["rss", resident(group)],
      ["pss", proportional(group)],
    ]),
  }));
}

/** A name that makes a label: the last part of a path (macOS prints whole ones), without controls, of bounded length. */
function programName(name: string): string {
  const bare = name.replace(/ <defunct>$/, "");
  const last = bare.startsWith("/") ? bare.slice(bare.lastIndexOf("/") + 1) : bare;
  return (
    last
      .replace(/\p{Cc}/gu, "?")
      .slice(0, LONGEST_NAME)
      .toWellFormed()
      .trim() || OTHER
  );
}

/** The sum, if it is known of all that have memory in RAM. */
function proportional(group: readonly Process[]): number | undefined {
  const inMemory = group.filter((one) => one.residentBytes > 0);
  const known = inMemory.flatMap(({ proportionalBytes }) =>
    proportionalBytes === undefined ? [] : [proportionalBytes],
  );
  return known.length > 0 && known.length === inMemory.length
    ? known.reduce((sum, bytes) => sum + bytes, 0)
    : undefined;
}
