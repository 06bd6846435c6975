import { ParseError } from "../text.ts";
import { bytesOf, readFields } from "./keyed.ts";
import { type Line, linesByFile, requireLineEnd } from "./lines.ts";
import type { Process } from "./ps.ts";
import { undoKernelEscapes } from "./text.ts";

const LINE = /^((?:.*?\/)?proc\/\d{1,10})\/(?:status|smaps_rollup):(.*)$/s;
const FIELD = /^(\w{1,40}):\s*(.*?)(?: kB)?$/s;

/** Whether an output begins with a line of a file of a process. */
export function isProcPidLine(line: Line | undefined): boolean {
  return line !== undefined && LINE.test(line.text);
}

/**
 * Lines of /proc/PID/status and, where one may read it, /proc/PID/smaps_rollup with their path in front, as
 * `grep -E "^(Name|VmRSS|Pss):"` prints them; lines of other names are passed over. A kernel thread has no VmRSS.
 * The kernel escapes line ends and backslashes in names: that is undone. Source: proc_pid_status(5), proc_pid_smaps(5).
 * @throws ParseError for any other line, a size that is none, a line twice, a last line with a name that may be cut.
 */
export function parseProcPids(lines: readonly Line[]): readonly Process[] {
  const processes: Process[] = [];
  for (const ofProcess of linesByFile(lines, LINE).values()) {
    const last = ofProcess.at(-1);
    if (last?.text.startsWith("Name:")) requireLineEnd(last);
    const fields = readFields(
      ofProcess.filter(({ text }) => /^(?:Name|VmRSS|Pss):/.test(text)),
      FIELD,
      "a line of /proc/PID/status",
    );
    const name = fields.get("Name")?.text;
    if (name === undefined) continue;
    const residentBytes = bytesOf(fields, "VmRSS", 1024) ?? 0;
    processes.push({
      name: undoKernelEscapes(name),
      residentBytes,
      proportionalBytes: bytesOf(fields, "Pss", 1024),
    });
  }
  if (processes.length === 0) throw new ParseError("found no process, wanted names from /proc/PID/status");
  return processes;
}
