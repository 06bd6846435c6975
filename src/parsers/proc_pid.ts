import { ParseError, quote } from "../text.ts";
import { sizeInBytes } from "./figure.ts";
import { type Line, requireLineEnd } from "./lines.ts";
import type { Process } from "./ps.ts";

const LINE = /^\/proc\/(\d{1,10})\/(?:status|smaps_rollup):(\w{1,40}):\s*(.*)$/s;
const KIBIBYTES = /^(\d{1,20}) kB$/;

/** Whether an output begins with a line that `grep` took out of a file of a process. */
export function isProcPidLine(line: Line | undefined): boolean {
  return line !== undefined && LINE.test(line.text);
}

/**
 * Lines of /proc/PID/status and, where one may read it, /proc/PID/smaps_rollup with their path in front, as
 * `grep -E "^(Name|VmRSS|Pss):"` prints them; lines of other names are passed over. A kernel thread has no VmRSS.
 * The kernel escapes line ends in names, so that no name can pass for a line.
 * Source: proc_pid_status(5), proc_pid_smaps(5).
 * @throws ParseError for any other line, a size that is none, a line twice, a last line with a name that may be cut.
 */
export function parseProcPids(lines: readonly Line[]): readonly Process[] {
  const byPid = new Map<string, Map<string, Line>>();
  for (const line of lines) {
    const [, pid, key = "", text = ""] = LINE.exec(line.text) ?? [];
    if (pid === undefined) throw new ParseError(`found ${quote(line.text)}, wanted a line of /proc/PID`, line.number);
    const found = byPid.get(pid) ?? new Map<string, Line>();
    if (found.has(key)) throw new ParseError(`found ${quote(key)} of process ${pid} twice`, line.number);
    byPid.set(pid, found.set(key, { ...line, text }));
  }
  const processes: Process[] = [];
  for (const found of byPid.values()) {
    const name = found.get("Name");
    if (!name) continue;
    requireLineEnd(name);
    const residentBytes = sizeOf(found.get("VmRSS")) ?? 0;
    processes.push({ name: name.text, residentBytes, proportionalBytes: sizeOf(found.get("Pss")) });
  }
  if (processes.length === 0) throw new ParseError("found no process, wanted names from /proc/PID/status");
  return processes;
}

function sizeOf(line: Line | undefined): number | undefined {
  if (!line) return undefined;
  const [, figure = ""] = KIBIBYTES.exec(line.text) ?? [];
  return sizeInBytes(figure, { unit: 1024, base: 1024, human: false }, line.number, "as size of a process");
}
