import { type Explain, plain, suffixed } from "./explain.ts";

type Listed = { readonly program: string; readonly rss: number; readonly pss: number | undefined };

/** All processes of a list, each under the name that it is told by. */
function listed(lines: readonly string[]): Listed[] {
  return lines.some((line) => /^(?:\/[^\s:]*)?\/proc\/\d+\/\w+:/.test(line)) ? ofProc(lines) : ofPs(lines);
}

function ofPs(lines: readonly string[]): Listed[] {
  return lines.flatMap((line) => {
    const [, size = "", name = ""] = /^\s*(\d[\d.]*[mgtp]?)(?: (.*))?$/s.exec(line) ?? [];
    const [rss] = [...plain(size, 1024), ...suffixed(size.toUpperCase())];
    return rss === undefined ? [] : [{ program: programOf(name), rss, pss: undefined }];
  });
}

function ofProc(lines: readonly string[]): Listed[] {
  const byPid = new Map<string, Map<string, string>>();
  for (const line of lines) {
    const [, pid = "", key = "", text = ""] =
      /^((?:\/[^\s:]*)?\/proc\/\d+)\/(?:status|smaps_rollup):(\w+):\s*(.*)$/s.exec(line) ?? [];
    byPid.set(pid, (byPid.get(pid) ?? new Map()).set(key, text));
  }
  const size = (text: string | undefined) => plain(/^(\d+) kB$/.exec(text ?? "")?.[1], 1024)[0];
  return [...byPid.values()].flatMap((found) => {
    const name = found.get("Name");
    return name === undefined
      ? []
      : [{ program: programOf(withoutEscapes(name)), rss: size(found.get("VmRSS")) ?? 0, pss: size(found.get("Pss")) }];
  });
}

/** A name with the escapes of the kernel undone, byte by byte. */
export function withoutEscapes(name: string): string {
  const undo = (_: string, code: string) =>
    code === "n" ? "\n" : code === "\\" ? code : String.fromCharCode(Number.parseInt(code, 8));
  const bytes = Buffer.from(name, "utf8")
    .toString("latin1")
    .replace(/\\(n|\\|[0-3][0-7]{2})/g, undo);
  return Buffer.from(bytes, "latin1").toString("utf8");
}

function programOf(name: string): string {
  const path = name.replace(/ <defunct>$/, "");
  const last = path.startsWith("/") ? (path.split("/").at(-1) ?? "") : path;
  return [...last].length === 0
    ? "other"
    : last
        .replace(/\p{Cc}/gu, "?")
        .match(/^.{0,64}/su)?.[0]
        .toWellFormed()
        .trim() || "other";
}

/** Sums over all processes of a program; `other` is those of no program that is told by name. */
export const explainProcesses: Explain = ({ lines, samples }) => {
  const all = listed(lines);
  const told = new Set(samples.map(({ labels }) => labels.program));
  return ({ from, labels: { program = "" } }) => {
    const own = all.filter((one) =>
      program === "other" ? one.program === "other" || !told.has(one.program) : one.program === program,
    );
    if (own.length === 0) return [];
    if (from === "count") return [own.length];
    const sizes = own.map(({ rss, pss }) => (from === "rss" ? rss : rss > 0 ? pss : 0));
    return [sizes.reduce((sum: number, size = Number.NaN) => sum + size, 0)];
  };
};
