import { ParseError } from "../text.ts";
import { bytesOf, type Fields, readFields } from "./keyed.ts";
import { type Line, linesByFile, requireLineEnd } from "./lines.ts";
import type { Process } from "./ps.ts";
import { undoNameEscapes } from "./text.ts";

const LINE = /^((?:\/[^\s:]*)?\/proc\/\d{1,10})\/(?:status|smaps_rollup):(.*)$/s;
const FIELD = /^(\w{1,40}):\s*(.*)$/s;
const SIZE = /^(?:VmRSS|Pss):\s*\d{1,20} kB$/;

/** Whether a line is in the format that parseProcPids reads. */
export function isProcPidLine(line: Line | undefined): boolean {
  return line !== undefined && LINE.test(line.text);
}

/**
 * Parses lines of /proc/PID/status, and of /proc/PID/smaps_rollup if it may be read, with their path before each line, as
 * `grep -E "^(Name|VmRSS|Pss):"` prints them. Other lines of these files are ignored. A kernel thread has no VmRSS.
 * Source: proc_pid_status(5), proc_pid_smaps(5).
 * @throws ParseError for any other line, an invalid size, a duplicate line, and a last line whose name may be cut off.
 */
export function parseProcPids(lines: readonly Line[]): readonly Process[] {
  const processes: Process[] = [];
  for (const ofProcess of linesByFile(lines, LINE).values()) {
    const last = ofProcess.at(-1);
    if (last && !SIZE.test(last.text)) requireLineEnd(last);
    const used = ofProcess.filter(({ text }) => /^(?:Name|VmRSS|Pss):/.test(text));
    const fields = readFields(used, FIELD, "a line of /proc/PID/status");
    const name = fields.get("Name")?.text;
    if (name === undefined) continue;
    processes.push({
      name: undoNameEscapes(name),
      residentBytes: sizeOf(fields, "VmRSS") ?? 0,
      proportionalBytes: sizeOf(fields, "Pss"),
    });
  }
  if (processes.length === 0) throw new ParseError("found no process, wanted names from /proc/PID/status");
  return processes;
}

function sizeOf(fields: Fields, key: string): number | undefined {
  const field = fields.get(key);
  const [, text = ""] = /^(\d{1,20}) kB$/.exec(field?.text ?? "") ?? [];
  return field && bytesOf(new Map([[key, { ...field, text }]]), key, 1024);
}
