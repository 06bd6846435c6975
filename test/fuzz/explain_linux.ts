import { count, type Explain, type FoundSample, plain, suffixed, wordsBelow, wordsOf } from "./explain.ts";

/** Letters and digits of a name, by which a key is found again in the name that was made of it. */
const bare = (name: string) => name.replace(/[^A-Za-z0-9]/g, "").toLowerCase();

/** Ends that names of gauges must not have. */
const RESERVED = /(?:total|count|sum|bucket|info|created)+$/;

/** `KEY: FIGURE kB`, or without the unit a count; the path of the file may stand in front, as `grep -H` prints it. */
export const explainMeminfo: Explain = ({ lines }) => {
  const bytes = new Map<string, number[]>();
  const counts = new Map<string, number[]>();
  for (const line of lines) {
    const [, key = "", figure, unit] = /^(?:[^\s:]*\/meminfo:)?([^\s:]+):\s*(\d+)([ \t]+kB)?$/.exec(line) ?? [];
    const values = plain(figure, unit ? 1024 : 1);
    const made = bare(key);
    for (const name of [key, made, made.replace(RESERVED, ""), "other"]) {
      const known = unit ? bytes : counts;
      known.set(name, [...(known.get(name) ?? []), ...values]);
    }
  }
  return ({ name, from }) => {
    if (name === "memory_cache_bytes") return cacheValues((key) => bytes.get(key) ?? []);
    const known = name.endsWith("_bytes") ? bytes : counts;
    const made = bare(name.replace(/^(?:memory_meminfo|node_memory)_/, "").replace(/_bytes$/, ""));
    return [...(known.get(from) ?? []), ...(known.get(made) ?? [])];
  };
};

const cacheValues = (of: (key: string) => readonly number[]) =>
  of("Cached").flatMap((cached) =>
    (of("SReclaimable").length > 0 ? of("SReclaimable") : [0]).map((more) => cached + more),
  );

/** What free makes of /proc/meminfo. */
export const explainMeminfoAsFree: Explain = ({ lines }) => {
  const of = (key: string) =>
    lines.flatMap((line) => (line.startsWith(`${key}:`) ? plain(/:\s*(\d+)[ \t]+kB$/.exec(line)?.[1], 1024) : []));
  const less = (wholes: readonly number[], parts: readonly number[]) =>
    wholes.flatMap((whole) => parts.map((part) => whole - part).filter((rest) => rest >= 0));
  const used = () => {
    const [total, free] = [of("MemTotal"), of("MemFree")];
    const without = less(less(less(total, free), of("Buffers")), cacheValues(of));
    return [...less(total, of("MemAvailable")), ...less(total, free), ...without];
  };
  const made: Readonly<Record<string, () => readonly number[]>> = {
    total: () => of("MemTotal"),
    used,
    free: () => of("MemFree"),
    shared: () => of("Shmem"),
    buffers: () => of("Buffers"),
    cache: () => cacheValues(of),
    available: () => [...of("MemAvailable"), ...of("MemFree")],
    swap_total: () => of("SwapTotal"),
    swap_used: () => less(of("SwapTotal"), of("SwapFree")),
    swap_free: () => of("SwapFree"),
  };
  return ({ name }) => made[name.replace(/^memory_|_bytes$/g, "")]?.() ?? [];
};

const VMSTAT_SIZES =
  /^(?:(?:total|used|active|inactive|free|buffer) memory|swap cache|(?:total|used|free) swap|paged (?:in|out))$/;
const UNITS: Readonly<Record<string, number>> = { b: 1, B: 1, k: 1000, K: 1024, m: 1e6, M: 2 ** 20 };
const MODES: Readonly<Record<string, string>> = {
  ...{ user: "non-nice user", nice: "nice user", system: "system", idle: "idle" },
  ...{ iowait: "IO-wait", irq: "IRQ", softirq: "softirq", steal: "stolen" },
};

/** `FIGURE [UNIT] WORDS`. */
export const explainVmstat: Explain = ({ lines }) => {
  const entries = lines.flatMap((line) => {
    const [, figure, letter, label = ""] = /^\s*(\d+) (?:([bBkKmM]) )?(.*)$/.exec(line) ?? [];
    const words = label.trim().replace(/^pages paged/, "paged");
    if (letter !== undefined) return [{ words, values: plain(figure, UNITS[letter] ?? 0) }];
    return [{ words, values: VMSTAT_SIZES.test(words) ? plain(figure, 1024) : count(figure) }];
  });
  return ({ from, labels: { mode } }) => {
    const guest = from === "… guest cpu ticks";
    const ticks = mode === undefined ? "" : guest ? `${MODES[mode]?.replace("user", "guest")}` : `${MODES[mode]}`;
    const label = mode === undefined ? from : `${ticks} cpu ticks`;
    return entries.filter(({ words }) => words === label).flatMap(({ values }) => values);
  };
};

/** `some avg10=0.00 … total=0`. */
export const explainPressure: Explain = ({ lines }) => {
  const valuesOf = (kind: string, key: string) =>
    lines
      .map(wordsOf)
      .filter(([first]) => first === kind)
      .flatMap((words) => words.filter((word) => word.startsWith(`${key}=`)))
      .map((word) => word.slice(key.length + 1));
  return ({ from, labels: { window }, name }) => {
    const kind = name.includes("waiting") ? "some" : "full";
    if (window === undefined) return valuesOf(kind, "total").flatMap((word) => count(word).map((us) => us / 1e6));
    return valuesOf(kind, from === "" ? "" : `avg${window.replace("s", "")}`).map((word) =>
      /^\d{1,9}\.\d\d$/.test(word) ? Number(word.replace(".", "")) / 10_000 : Number.NaN,
    );
  };
};

/** `NAME FIGURE`. */
export const explainOom: Explain = ({ lines }) => {
  const entries = lines.map((line) => line.split(" "));
  return ({ name, from, labels: { zone } }) => {
    const key = zone === undefined ? from || name.replace("node_vmstat_", "") : `allocstall_${zone}`;
    return entries.filter((words) => words.length === 2 && words[0] === key).flatMap(([, figure]) => count(figure));
  };
};

/** The row of the key, the column of the node, in MiB. */
export const explainNuma: Explain = ({ lines }) => {
  let columns: string[] = [];
  const cells: { key: string | undefined; node: string | undefined; word: string }[] = [];
  for (const line of lines) {
    const headings = line.match(/Node \d+|Total/g);
    if (headings && /^ /.test(line)) columns = headings;
    const [key, ...figures] = line.split(/ +/);
    figures.forEach((word, i) => void cells.push({ key, node: columns[i], word }));
  }
  const huge = lines.flatMap((line) => plain(/^(?:[^:]*:)?Hugepagesize:\s*(\d+) kB$/.exec(line)?.[1], 1024));
  const files = lines.flatMap((line) => {
    const [, node, key, word, unit] = /^(?:[^:]*:)?Node (\d+) (\S+?):\s*(\d+)([ \t]+kB)?$/.exec(line) ?? [];
    return (unit ? [1024] : huge).flatMap((size) => plain(word, size).map((value) => ({ node, key, value })));
  });
  return ({ from, labels: { node } }) => [
    ...files.filter((file) => file.key === from && file.node === node).map(({ value }) => value),
    ...cells
      .filter((cell) => cell.key === from && cell.node === `Node ${node}` && /^\d{1,15}(?:\.\d\d)?$/.test(cell.word))
      .map(({ word }) => Math.round(Number(word) * 2 ** 20)),
  ];
};

const V1_FILES: Readonly<Record<string, string>> = {
  "memory.current": "memory.usage_in_bytes",
  "memory.peak": "memory.max_usage_in_bytes",
  "memory.max": "memory.limit_in_bytes",
  "memory.events": "memory.oom_control",
};

/** `PATH/FILE:FIGURE`, `PATH/FILE:ITEM FIGURE`, or without the path where the command line has it. */
export const explainCgroup: Explain = ({ lines, words }) => {
  const named = words.find((word) => /(?:^|\/)memory\.[a-z_.]+$/.test(word)) ?? "";
  const entries = lines.map((line) => {
    const [, path = named, text = line] = /^(.*\/memory\.[a-z_.]+):(.*)$/s.exec(line) ?? [];
    const at = path.lastIndexOf("/") + 1;
    return { folder: path.slice(0, Math.max(0, at - 1)), file: path.slice(at), text };
  });
  return ({ from, labels: { cgroup = "", event, item } }) => {
    const key = event ?? item;
    return entries
      .filter(({ file }) => file === from || file === V1_FILES[from])
      .filter(({ folder }) => cgroup === "/" || folder.endsWith(cgroup))
      .flatMap(({ text }) => {
        if (key === undefined) return plain(text, 1);
        return text.startsWith(`${key} `) ? count(text.slice(key.length + 1)) : [];
      });
  };
};

const BLANK = /^\s*$/;

/** A text as it is, and with the escapes of the kernel or of smartcols undone, byte by byte. */
function spellings(text: string): string[] {
  if (!text.includes("\\")) return [text];
  const undone = (pattern: RegExp, base: number) => {
    const bytes = Buffer.from(text, "utf8").toString("latin1");
    const plainly = bytes.replace(pattern, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, base)));
    return Buffer.from(plainly, "latin1").toString("utf8");
  };
  return [text, undone(/\\([0-3][0-7]{2})/g, 8), undone(/\\x([0-9a-f]{2})/g, 16)];
}

/** A cell of a table with one row for each device: by its column's heading, or any word where there is none. */
function cellWords(lines: readonly string[], device: string, column: string, words: readonly string[]): string[] {
  const written = lines.filter((line) => !BLANK.test(line));
  const [head = "", ...rows] = written;
  const isBare = words.some((word) => /^(?:--noheadings|-\w*n\w*)$/.test(word)) || !wordsOf(head).includes(column);
  const own = (isBare ? written : rows).filter((line) => spellings(line).some((spelling) => spelling.includes(device)));
  if (isBare) return own.flatMap(wordsOf);
  if (words.includes("--raw"))
    return own.flatMap((line) => line.split(" ")[head.trim().split(/ +/).indexOf(column)] ?? []);
  return own.flatMap((line) => wordsBelow(head, line, column));
}

const SWAPON_COLUMNS: Readonly<Record<string, string>> = { Size: "SIZE", Used: "USED", Priority: "PRIO" };

/** The rows of /proc/swaps and of `swapon`; totals are their sums. */
export const explainSwaps: Explain = ({ lines, words, samples }) => {
  const written = lines.filter((line) => !BLANK.test(line));
  const isSummary = words.some((word) => /^(?:-s|--summary)$/.test(word));
  const isList = /^Filename\s+Type\s+Size\s+Used\s+Priority$/.test(written[0] ?? "") || isSummary;
  const cell = (device: string, from: string): string[] => {
    if (!isList) return cellWords(written, device, SWAPON_COLUMNS[from] ?? "", words);
    const rows = written.slice(1).filter((line) => spellings(line).some((spelling) => spelling.startsWith(device)));
    return rows.flatMap((line) => wordsOf(line).at({ Size: -3, Used: -2, Priority: -1 }[from] ?? 0) ?? []);
  };
  const sumOf = (from: string) =>
    samples
      .filter((sample) => sample.labels.device !== undefined && sample.from === from)
      .reduce((sum, sample) => sum + sample.value, 0);
  return ({ from, labels: { device } }) => {
    if (device === undefined) return [sumOf(from)];
    const found = cell(device, from);
    if (from === "Priority") return found.filter((word) => /^-?\d{1,10}$/.test(word)).map(Number);
    return found.flatMap((word) => [...plain(word, isList ? 1024 : 1), ...(isList ? [] : suffixed(word))]);
  };
};

const ZRAM_FILES: Readonly<Record<string, string>> = {
  ...{ disksize: "DISKSIZE", max_comp_streams: "STREAMS", orig_data_size: "DATA", compr_data_size: "COMPR" },
  ...{ mem_used_total: "TOTAL", zero_pages: "ZERO-PAGES" },
};
const MM_STAT = ["DATA", "COMPR", "TOTAL", "MEM-LIMIT", "MEM-USED", "ZERO-PAGES", "MIGRATED"];

/** The rows of `zramctl`, or the files of /sys/block. */
export const explainZram: Explain = ({ lines, words }) => {
  const attributes = lines.flatMap((line) => {
    const [, device, file = "", text = ""] = /^.*\/(zram\d+)\/([a-z_]+):(.*)$/.exec(line) ?? [];
    return device === undefined ? [] : [{ device: `/dev/${device}`, file, words: wordsOf(text) }];
  });
  return ({ from, labels: { device = "", algorithm } }: FoundSample) => {
    const own = attributes.filter((one) => one.device === device);
    if (algorithm !== undefined) {
      const inFile = own.some((one) => one.words.includes(`[${algorithm}]`));
      return inFile || lines.some((line) => line.includes(device) && line.includes(algorithm)) ? [1] : [];
    }
    const found = own.flatMap((one) => (one.file === "mm_stat" ? one.words[MM_STAT.indexOf(from)] : []));
    const alone = own.flatMap((one) => (ZRAM_FILES[one.file] === from ? one.words[0] : []));
    const cells = [...found, ...alone, ...cellWords(lines, device, from, words)];
    return cells.flatMap((word) => [...plain(word, 1), ...suffixed(word)]);
  };
};
