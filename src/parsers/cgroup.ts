import { ParseError, quote } from "../text.ts";
import { sizeInBytes } from "./figure.ts";
import { parseFlatKeyed } from "./flat_keyed.ts";
import type { Field, Fields } from "./keyed.ts";
import { type Line, linesByFile } from "./lines.ts";

/** Memory files of one control group. */
export type Cgroup = {
  /** Path below the mount point, such as `/system.slice/ssh.service`; `/` for the root. */
  readonly path: string;
  /** Files with a single figure, by their name in cgroup v2 if there is one. Sizes are in bytes. Undefined means no limit. */
  readonly figures: ReadonlyMap<string, number | undefined>;
  /** Counts from memory.events. In cgroup v1: `oom_kill` from memory.oom_control. */
  readonly events: Fields;
  /** The same without child groups, from memory.events.local. */
  readonly localEvents: Fields;
  /** Counts from memory.swap.events. */
  readonly swapEvents: Fields;
  /** memory.stat by item. Use {@link isStatSize} to distinguish sizes and counts. */
  readonly stat: Fields;
};

/** A file of a group and its lines. */
type File = { readonly folder: string; readonly name: string; readonly lines: readonly Line[] };

/** Files of cgroup v1, and the names of the same figures in cgroup v2. */
const V1_FIGURES: Readonly<Record<string, string>> = {
  "memory.usage_in_bytes": "memory.current",
  "memory.max_usage_in_bytes": "memory.peak",
  "memory.limit_in_bytes": "memory.max",
  "memory.soft_limit_in_bytes": "memory.soft_limit_in_bytes",
  "memory.memsw.usage_in_bytes": "memory.memsw.usage_in_bytes",
  "memory.memsw.max_usage_in_bytes": "memory.memsw.max_usage_in_bytes",
  "memory.memsw.limit_in_bytes": "memory.memsw.limit_in_bytes",
  "memory.kmem.usage_in_bytes": "memory.kmem.usage_in_bytes",
  "memory.kmem.max_usage_in_bytes": "memory.kmem.max_usage_in_bytes",
  "memory.kmem.limit_in_bytes": "memory.kmem.limit_in_bytes",
  "memory.failcnt": "memory.failcnt",
};
const V2_FIGURES = [
  ...["memory.current", "memory.peak", "memory.max", "memory.high", "memory.low", "memory.min"],
  ...["memory.swap.current", "memory.swap.peak", "memory.swap.max", "memory.swap.high"],
  ...["memory.zswap.current", "memory.zswap.max"],
];
const TABLES = ["memory.stat", "memory.events", "memory.events.local", "memory.swap.events", "memory.oom_control"];

/** In cgroup v1, a limit of at least this means no limit. The kernel prints its largest number of pages, in bytes. */
const NO_LIMIT_BYTES = 2 ** 62;
/** The same on 32-bit kernels. */
const NO_LIMIT_32_BYTES = (2 ** 31 - 1) * 4096;

/** Where the hierarchies are mounted. */
const V1_MOUNT = /^\/sys\/fs\/cgroup(?:\/memory)?(?=\/|$)/;
const V2_MOUNT = /^\/sys\/fs\/cgroup(?:\/unified)?(?=\/|$)/;

const MARKED = /^(.*\/memory\.[a-z][a-z_.]*):(.*)$/s;
const FILE = /^(?:(.*)\/)?(memory\.[a-z][a-z_.]*)$/s;

/** Whether a word of a command line is the path of a file that this parser knows. */
export function isCgroupFile(word: string): boolean {
  const [, , name = ""] = FILE.exec(word) ?? [];
  return Object.hasOwn(V1_FIGURES, name) || V2_FIGURES.includes(name) || TABLES.includes(name);
}

/**
 * Parses files of the memory controller of cgroup v1 and v2: either one file as `cat` prints it, or files of any number of
 * groups as `grep -H ""` prints them, with the path before each line. Unknown files among these are ignored.
 * Source: Documentation/admin-guide/cgroup-v2.rst and cgroup-v1/memory.rst of Linux.
 * @param path the path of the file, required if the lines have none.
 * @throws ParseError for an unknown file, a missing path, a malformed line or a duplicate file.
 */
export function parseCgroups(lines: readonly Line[], path: string | undefined): readonly Cgroup[] {
  const [first] = lines;
  if (!first) throw new ParseError("found no output, wanted files of the memory controller");
  const files = MARKED.test(first.text) ? markedFiles(lines) : [namedFile(lines, path)];
  const folders = Map.groupBy(files, (file) => file.folder);
  const groups = [...folders].map(([folder, ofGroup]) => readGroup(folder, ofGroup));
  if (new Set(groups.map((group) => group.path)).size < groups.length) {
    throw new ParseError("found a group in two hierarchies, wanted each once");
  }
  return groups;
}

function markedFiles(lines: readonly Line[]): readonly File[] {
  const files = [...linesByFile(lines, MARKED)].filter(([path]) => isCgroupFile(path));
  return files.map(([path, ofFile]) => {
    const end = path.lastIndexOf("/");
    return { folder: path.slice(0, end), name: path.slice(end + 1), lines: ofFile };
  });
}

function namedFile(lines: readonly Line[], path: string | undefined): File {
  const [, folder = ".", name = ""] = FILE.exec(path ?? "") ?? [];
  if (path === undefined || !isCgroupFile(path) || /[*?[]/.test(folder)) {
    throw new ParseError(
      `found ${quote(lines[0]?.text ?? "")}, wanted one file that the command line names, or paths as "grep -H" gives them`,
      lines[0]?.number,
    );
  }
  return { folder, name, lines };
}

function readGroup(folder: string, files: readonly File[]): Cgroup {
  const figures = new Map<string, number | undefined>();
  const tables = new Map<string, Fields>();
  for (const { name, lines } of files) {
    if (TABLES.includes(name)) tables.set(name, parseFlatKeyed(lines, name));
    else figures.set(V1_FIGURES[name] ?? name, readFigure(name, lines));
  }
  const stat = tables.get("memory.stat") ?? new Map<string, Field>();
  const oomKills = tables.get("memory.oom_control")?.get("oom_kill");
  const v1Events = new Map(oomKills && [["oom_kill", oomKills]]);
  const isV1 =
    files.some((file) => Object.hasOwn(V1_FIGURES, file.name)) || stat.has("cache") || oomKills !== undefined;
  return {
    path: groupPath(folder, isV1),
    figures,
    events: tables.get("memory.events") ?? v1Events,
    localEvents: tables.get("memory.events.local") ?? new Map(),
    swapEvents: tables.get("memory.swap.events") ?? new Map(),
    stat,
  };
}

function readFigure(name: string, lines: readonly Line[]): number | undefined {
  const [line, more] = lines;
  if (!line || more) throw new ParseError(`found several lines, wanted the figure of ${name}`, more?.number);
  const isLimit = /(?:max|high|low|min|limit_in_bytes)$/.test(name);
  if (isLimit && line.text === "max") return undefined;
  const scale = { unit: 1, base: 1024, human: false } as const;
  const bytes = sizeInBytes(line.text, scale, line.number, `in ${name}`);
  const isNone = bytes !== undefined && (bytes >= NO_LIMIT_BYTES || bytes === NO_LIMIT_32_BYTES);
  return isLimit && isNone ? undefined : bytes;
}

/** The path below the mount point; unchanged if it is outside of any mount point. */
function groupPath(folder: string, isV1: boolean): string {
  const at = folder.indexOf("/sys/fs/cgroup");
  const below = at < 0 ? folder : folder.slice(at).replace(isV1 ? V1_MOUNT : V2_MOUNT, "");
  return below === "" ? "/" : below;
}

const STAT_SIZES = new Set([
  ...["anon", "file", "kernel", "kernel_stack", "pagetables", "sec_pagetables", "percpu", "sock", "vmalloc", "shmem"],
  ...["zswap", "zswapped", "file_mapped", "file_dirty", "file_writeback", "swapcached", "anon_thp", "file_thp"],
  ...["shmem_thp", "inactive_anon", "active_anon", "inactive_file", "active_file", "unevictable", "slab_reclaimable"],
  ...["slab_unreclaimable", "slab", "hugetlb", "cache", "rss", "rss_huge", "mapped_file", "dirty", "writeback", "swap"],
  ...["hierarchical_memory_limit", "hierarchical_memsw_limit"],
]);
const STAT_COUNT = /^(?:pg|workingset_|thp_|zswp|swp|numa_)/;

/**
 * Whether an item of memory.stat is a size in bytes (true) or a count of events (false). Undefined for an unknown item, which a
 * newer kernel may have. In cgroup v1, items that begin with `total_` include child groups.
 */
export function isStatSize(item: string): boolean | undefined {
  const name = item.replace(/^total_/, "");
  if (STAT_SIZES.has(name)) return true;
  return STAT_COUNT.test(name) ? false : undefined;
}
