import type { Family } from "../metric.ts";
import { linesOf } from "../parsers/lines.ts";
import { isProcPidLine, parseProcPids } from "../parsers/proc_pid.ts";
import { type Process, parsePs } from "../parsers/ps.ts";
import type { Output } from "../source.ts";
import { ParseError, quote } from "../text.ts";
import { bytesGauge, plainGauge } from "./figures.ts";
import { labelledFamilies } from "./labelled.ts";
import type { MetricRow, Preset } from "./preset.ts";
import { type Command, commandOf, writtenLine } from "./words.ts";

const ROWS: readonly MetricRow[] = [
  plainGauge("processes", "Number of processes of a program.", "count"),
  bytesGauge(
    "processes_resident",
    "Resident memory of the processes of a program; shared memory is counted for each of them.",
    "rss",
  ),
  bytesGauge(
    "processes_proportional",
    "Resident memory of the processes of a program; shared memory is divided among them.",
    "pss",
  ),
];

/** Number of programs that are exported by name, those with the most memory. It bounds the number of label values. */
const MAX_PROGRAMS = 10;
/** Label value for all other programs. A program with this name is included. */
const OTHER = "other";
/** Kernel threads have long names; those of programs have 15 bytes on Linux. */
const MAX_NAME_LENGTH = 64;

/** Lists all processes, on Linux, macOS and the BSDs. */
const PS = ["ps", "-A", "-o", "rss=", "-o", "comm="];

/**
 * The largest programs by the memory of their processes, from /proc on Linux and by ps on other systems. With `Pss` and
 * /proc/[0-9]*\/smaps_rollup in the words of the first attempt, shared memory is divided, which takes longer.
 */
export const processes: Preset = {
  name: "processes",
  about: "The ten programs with the most resident memory, and all others together, by /proc or ps",
  programs: ["ps", "cat"],
  accepts: (words) => words[0] === "ps" || words.some(isProcFile),
  checkWords: (words) => {
    const { program, words: own } = commandOf(words);
    if (!own.some(isProcFile)) requireColumns(words);
    // Of a line whose program isn't certain, the output decides.
    else if (program !== "" && !program.endsWith("grep"))
      throw new ParseError(`found ${quote(writtenLine(words))}, ${WANTED}`);
  },
  defaultWords: PS,
  attempts: [{ files: ["/proc/[0-9]*/status"], lines: ["Name:", "VmRSS:"] }, { argv: PS }],
  read: readProcesses,
  metrics: ROWS,
};

function isProcFile(word: string): boolean {
  return /(?:^|\/)proc\/\S+\/(?:status|smaps_rollup)$/.test(word);
}

type Program = { readonly label: string; readonly figures: ReadonlyMap<string, number | undefined> };

function readProcesses({ stdout, words, maxSeries, warn }: Output): readonly Family[] {
  const lines = linesOf(stdout);
  const command = commandOf(words);
  const isProc = isProcPidLine(lines[0]);
  if (!isProc) requireColumns(words);
  const list = isProc ? parseProcPids(lines) : parsePs(lines);
  const seesAll = !isProc || !command.words.some(isAllProcesses) || lines.some(({ text }) => INIT.test(text));
  if (!seesAll) warn?.(HIDDEN);
  const programs = largestPrograms(list).filter(({ label }) => label !== OTHER || (seesAll && !isCutShort(command)));
  return labelledFamilies(programs.length > 0 ? ROWS : [], programs, {
    labels: ({ label }) => ({ program: label }),
    figure: ({ figures }, from) => figures.get(from),
    maxSeries,
  });
}

/** Whether process 1 is visible. If not, /proc is mounted with hidepid, and only the user's own processes are visible. */
const INIT = /^(?:.*?\/)?proc\/1\//;
const HIDDEN =
  'the status of process 1 can\'t be read, so /proc hides the processes of other users (mount option hidepid): only visible ones are counted, and program="other" is left out';

function isAllProcesses(word: string): boolean {
  return /(?:^|\/)proc\/(?:\[0-9\])?\*\/status$/.test(word);
}

/** Whether the command line itself shortens the list of `ps` (`| head`). */
function isCutShort({ program, partial }: Command): boolean {
  return program === "ps" && partial;
}

const WANTED = "wanted ps with -o rss,comm, or lines of /proc/PID/status with their path in front (grep -H)";

const RESIDENT = ["rss", "rssize", "rsz"];
const NAME = ["comm", "ucmd", "ucomm"];

/** Options of ps that list threads, of procps and the BSDs. */
const THREADS = /^(?:-[A-Za-np-z]*[LTH]|[a-np-z]*H[a-zA-Z]*$)/;

/** @throws ParseError for a line of ps with other columns: a list of PIDs and names looks just like sizes and names. */
function requireColumns(line: readonly string[]): void {
  const { words, program } = commandOf(line);
  const options = words.slice(1);
  const [resident = "", name = "", ...more] = askedColumns(options);
  if (program === "ps" && options.some((word) => THREADS.test(word))) {
    throw new ParseError(
      `found ${quote(writtenLine(line))}, which lists threads, wanted each process once: their memory is counted for each thread`,
    );
  }
  if (program !== "ps" || !RESIDENT.includes(resident) || !NAME.includes(name) || more.length > 0) {
    throw new ParseError(`found ${quote(writtenLine(line))}, ${WANTED}`);
  }
}

/** The columns in the options of ps: `-o rss=,comm=`, `-eo rss,comm`, `-o rss= -o comm=`, `axo rss,comm`. */
function askedColumns(options: readonly string[]): readonly string[] {
  const lists: string[] = [];
  for (let i = 0; i < options.length; i += 1) {
    const [, attached] = /^(?:-[A-Za-z]*?o|--format=)(.*)$/s.exec(options[i] ?? "") ?? [];
    const isApart = attached === "" || options[i] === "--format" || (i === 0 && /^[a-z]*o$/.test(options[i] ?? ""));
    if (isApart) i += 1;
    lists.push((isApart ? options[i] : attached) ?? "");
  }
  const columns = lists
    .flatMap((list) => list.split(/[\s,]+/))
    .map((column) => column.replace(/[:=].*$/s, "").toLowerCase());
  return columns.filter((column) => column !== "");
}

function largestPrograms(list: readonly Process[]): readonly Program[] {
  const byName = Map.groupBy(list, ({ name }) => programName(name));
  const resident = (group: readonly Process[]) => group.reduce((sum, one) => sum + one.residentBytes, 0);
  const ordered = [...byName].filter(([name]) => name !== OTHER).sort(([, a], [, b]) => resident(b) - resident(a));
  const rest = [...ordered.slice(MAX_PROGRAMS).flatMap(([, group]) => group), ...(byName.get(OTHER) ?? [])];
  const shown = [...ordered.slice(0, MAX_PROGRAMS), ...(rest.length > 0 ? [[OTHER, rest] as const] : [])];
  return shown.map(([label, group]) => ({
    label,
    figures: new Map([
      ["count", group.length],
      ["rss", resident(group)],
      ["pss", proportional(group)],
    ]),
  }));
}

/** A name as a label: the last part of a path, which macOS prints, without control characters, and shortened. */
function programName(name: string): string {
  const bare = name.replace(/ <defunct>$/, "");
  const last = bare.startsWith("/") ? bare.slice(bare.lastIndexOf("/") + 1) : bare;
  const characters = [...last.replace(/\p{Cc}/gu, "?").slice(0, 2 * MAX_NAME_LENGTH)];
  return characters.slice(0, MAX_NAME_LENGTH).join("").toWellFormed().trim() || OTHER;
}

/** The sum, if it is known for all processes with resident memory. */
function proportional(group: readonly Process[]): number | undefined {
  const inMemory = group.filter((one) => one.residentBytes > 0);
  const known = inMemory.flatMap(({ proportionalBytes }) =>
    proportionalBytes === undefined ? [] : [proportionalBytes],
  );
  return known.length > 0 && known.length === inMemory.length
    ? known.reduce((sum, bytes) => sum + bytes, 0)
    : undefined;
}
