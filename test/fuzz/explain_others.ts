import { count, type Explain, plain, suffixed, wordsBelow, wordsOf } from "./explain.ts";

/** Values of sysctl by name: `NAME: VALUE`, `NAME = VALUE`, `NAME=VALUE`. */
function sysctl(lines: readonly string[], name: string): string[] {
  return lines.flatMap((line) => {
    const [, found, value = ""] = /^([^:=\s]+)\s*[:=]\s*(.*)$/s.exec(line) ?? [];
    return found === name ? [value] : [];
  });
}

const OTHER_ROWS: Readonly<Record<string, string>> = {
  "Pages occupied by compressor": "Pages used by compressor",
  Decompressions: "Pages decompressed",
  Compressions: "Pages compressed",
};

/** vm_stat and memory_pressure count pages, sysctl bytes. */
export const explainVmStat: Explain = ({ lines }) => {
  const sizes = lines.flatMap((line) => count(/page size of (\d+)/.exec(line)?.[1]));
  const rows = (name: string) =>
    lines.flatMap((line) => {
      const [, found, figure = ""] = /^"?([^":]+)"?:\s*(\d+)\.?$/.exec(line) ?? [];
      return found === name || found === OTHER_ROWS[name] ? [figure] : [];
    });
  const share = (word: string | undefined) => count(word).flatMap((percent) => (percent <= 100 ? [percent / 100] : []));
  return ({ name, from }) => {
    if (from.startsWith("vm.swapusage ")) {
      const part = new RegExp(`\\b${from.slice(13)} = (\\d{1,15}[.,]\\d\\d)M(?= |$)`);
      const found = sysctl(lines, "vm.swapusage").flatMap((value) => part.exec(value)?.[1] ?? []);
      return found.map((figure) => Math.round(Number(figure.replace(",", ".")) * 2 ** 20));
    }
    if (from === "hw.memsize") {
      const said = lines.flatMap((line) => /^The system has (\d+) /.exec(line)?.[1] ?? []);
      return [...sysctl(lines, from), ...said].flatMap((word) => plain(word, 1));
    }
    if (name.endsWith("_ratio")) {
      const said = lines.flatMap((line) => /: (\d+)%$/.exec(line)?.[1] ?? []);
      return [...sysctl(lines, "kern.memorystatus_level"), ...said].flatMap(share);
    }
    const found = [...rows(from), ...(from.includes(".") ? sysctl(lines, from) : [])];
    return name.endsWith("_bytes")
      ? sizes.flatMap((size) => found.flatMap((word) => plain(word, size)))
      : found.flatMap(count);
  };
};

const SWAPINFO: Readonly<Record<string, number>> = { "swapinfo Size": -4, "swapinfo Used": -3, "swapinfo Avail": -2 };
const BLOCKS: Readonly<Record<string, number>> = { "": 1, K: 2 ** 10, M: 2 ** 20, G: 2 ** 30 };

/** sysctl counts bytes or pages, swapinfo blocks. */
export const explainFreebsd: Explain = ({ lines }) => {
  const sizes = ["vm.stats.vm.v_page_size", "hw.pagesize"].flatMap((name) => sysctl(lines, name).flatMap(count));
  const head = lines.findIndex((line) => line.startsWith("Device"));
  const table =
    head < 0
      ? []
      : lines.slice(head + 1).filter((line) => line !== "" && !/^[A-Za-z][\w%-]*(?:\.[\w%-]+)+\s*[:=]/.test(line));
  const [, number = "1", letter = ""] = /\s(\d+)([KMG]?)-blocks/.exec(lines[head] ?? "") ?? [];
  const unit = Number(number) * (BLOCKS[letter] ?? 1);
  const hasType = /\sType$/.test(lines[head] ?? "");
  const cell = (line: string, from: string) => wordsOf(line).at((SWAPINFO[from] ?? 0) - (hasType ? 1 : 0));
  const values = (word: string | undefined) => [...plain(word, unit), ...suffixed(word)];
  const swap = (from: string, device: string | undefined) => {
    if (device !== undefined)
      return table
        .filter((line) => wordsOf(line).join(" ").startsWith(`${device} `))
        .flatMap((line) => values(cell(line, from)));
    if (head >= 0 && table.length === 0) return [0];
    const totals = table.length === 1 ? table : table.filter((line) => line.startsWith("Total"));
    return totals.flatMap((line) => values(cell(line, from)));
  };
  const pages = (name: string) => sizes.flatMap((size) => sysctl(lines, name).flatMap((word) => plain(word, size)));
  const bytes = (name: string) => sysctl(lines, name).flatMap((word) => plain(word, 1));
  return ({ name, from, labels: { device } }) => {
    if (from.startsWith("hw.physmem, ")) {
      return sysctl(lines, "hw.physmem").length > 0 ? bytes("hw.physmem") : pages("vm.stats.vm.v_page_count");
    }
    if (from.startsWith("swapinfo, ")) return head >= 0 ? swap("swapinfo Size", undefined) : bytes("vm.swap_total");
    if (from in SWAPINFO) return swap(from, device);
    if (name.endsWith("_total")) return sysctl(lines, from).flatMap(count);
    return from.startsWith("vm.stats.vm.") ? pages(from) : bytes(from);
  };
};

/** Properties with their value after them, or below them; all count in KiB. */
export const explainWindows: Explain = ({ lines }) => {
  const text = lines.join("\n");
  const [head = "", row = ""] = lines.filter((line) => line.trim() !== "");
  return ({ from }) => {
    const after = new RegExp(`(?<![A-Za-z0-9_])${from}"?\\s*[:=]\\s*"?(\\d+)"?(?=[\\s,}\\]]|$)`, "gi");
    const found = [...text.matchAll(after)].map(([, figure]) => figure);
    return [...found, ...wordsBelow(head.toLowerCase(), row, from.toLowerCase())].flatMap((word) => plain(word, 1024));
  };
};

const SVMON_UNITS: Readonly<Record<string, number>> = { page: 4096, KB: 2 ** 10, MB: 2 ** 20, GB: 2 ** 30 };

/** The rows `memory` and `pg space` below the headings. */
export const explainAix: Explain = ({ lines, words }) => {
  const said = lines.flatMap((line) => /^Unit: (\w+)/.exec(line)?.[1] ?? []);
  const asked = /unit=(\w+)/.exec(words.join(" "))?.[1];
  const unit = said[0] ?? asked ?? "page";
  const at = lines.findIndex((line) => /^\s+size\s/.test(line));
  const columns = wordsOf(lines[at] ?? "");
  return ({ from }) => {
    const label = from.startsWith("pg space ") ? "pg space" : "memory";
    const column = columns.indexOf(from.slice(label.length + 1));
    const found = lines.slice(at + 1).filter((line) => line.startsWith(`${label} `));
    return found.flatMap((line) => {
      const word = wordsOf(line.slice(label.length))[column];
      if (unit === "auto") return /^0+(?:\.0+)?$/.test(word ?? "") ? [0] : suffixed(word);
      if (unit === "page") return plain(word, SVMON_UNITS.page ?? 0);
      return /^\d{1,20}(?:\.\d{1,9})?$/.test(word ?? "") ? [Math.round(Number(word) * (SVMON_UNITS[unit] ?? 0))] : [];
    });
  };
};

/** Figures before their word in the line of `swap -s`; pages of kstat, by the size that `pagesize` prints. */
export const explainSolaris: Explain = ({ lines }) => {
  const sizes = lines.flatMap(count);
  return ({ from }) => {
    if (from.includes(":")) {
      const found = lines.flatMap((line) => (line.startsWith(`${from}`) ? wordsOf(line.slice(from.length)) : []));
      return sizes.flatMap((size) => found.flatMap((word) => plain(word, size)));
    }
    return lines
      .filter((line) => line.startsWith("total: "))
      .flatMap((line) => {
        const words = wordsOf(line.replace(" bytes allocated", " allocated"));
        const word = words[words.findIndex((one) => one.replace(",", "") === from) - 1] ?? "";
        return word.endsWith("k") ? plain(word.slice(0, -1), 1024) : word === "0" ? [0] : suffixed(word);
      });
  };
};
