import type { Family } from "../metric.ts";
import { sizeInBytes } from "../parsers/figure.ts";
import { writtenLines } from "../parsers/lines.ts";
import { parsePowerShellJson } from "../parsers/powershell.ts";
import { decode } from "../parsers/text.ts";
import { type Properties, parseWmic } from "../parsers/wmic.ts";
import type { Output } from "../source.ts";
import { ParseError, quote } from "../text.ts";
import { bareWords, requireOptions } from "./asked.ts";
import { bytesGauge, plainFamilies, requireFamilies } from "./figures.ts";
import type { MetricRow, Preset } from "./preset.ts";
import { commandOf } from "./words.ts";

/** Properties of Win32_OperatingSystem, all in KiB. Source: Microsoft's documentation of this class. */
const ROWS: readonly MetricRow[] = [
  bytesGauge("total", "Total memory that Windows can use.", "TotalVisibleMemorySize"),
  bytesGauge("free", "Memory that is free or can be used at once.", "FreePhysicalMemory"),
  bytesGauge("swap_total", "Size of the paging files.", "SizeStoredInPagingFiles"),
  bytesGauge("swap_free", "Free space in the paging files.", "FreeSpaceInPagingFiles"),
  bytesGauge("windows_virtual_total", "Total memory and paging files.", "TotalVirtualMemorySize"),
  bytesGauge("windows_virtual_free", "Free memory and paging files.", "FreeVirtualMemory"),
];

const NAMES = ROWS.map((row) => row.from);
/** Properties that always have a value. Others have none without a paging file. */
const ALWAYS = ["TotalVisibleMemorySize", "FreePhysicalMemory"];
const QUERY = `Get-CimInstance Win32_OperatingSystem | Select-Object ${NAMES.join(",")} | ConvertTo-Json -Compress`;
const POWERSHELL = ["-NoLogo", "-NoProfile", "-NonInteractive", "-Command", QUERY];

/** Windows, by the class Win32_OperatingSystem of WMI. */
export const windows: Preset = {
  name: "windows",
  about: "Windows, by PowerShell or wmic",
  programs: ["wmic", "powershell", "pwsh"],
  attempts: [
    { argv: ["powershell.exe", ...POWERSHELL] },
    { argv: ["pwsh.exe", ...POWERSHELL] },
    { argv: ["wmic.exe", "OS", "get", NAMES.join(","), "/Value"] },
  ],
  read: readWindows,
  checkWords: (words) => {
    const isKnown = (options: readonly string[]) =>
      options.every((word) => !/^\/format:/i.test(word) || /^\/format:(?:list|table)$/i.test(word));
    requireOptions(words, "wmic", isKnown, "wmic with /value or /format:list, or a table");
  },
  metrics: ROWS,
};

function readWindows(output: Output): readonly Family[] {
  const text = decode(output.stdout);
  const properties = /^\s*[[{]/.test(text) ? parsePowerShellJson(text) : parseWmic(writtenLines(text));
  if (!commandOf(output.words).partial) requireProperties(properties, output.words);
  const figures = new Map<string, number | undefined>();
  for (const name of NAMES) {
    const found = properties.get(name.toLowerCase());
    if (!found || (found.text === "" && !ALWAYS.includes(name))) continue;
    figures.set(name, sizeInBytes(found.text, { unit: 1024, base: 1024, human: false }, found.line, `as ${name}`));
  }
  return requireFamilies(plainFamilies(ROWS, figures), `one of ${NAMES.join(", ")}`);
}

/** Checks that the properties of the command line are there, or those of ALWAYS if it names none. */
function requireProperties(properties: Properties, words: readonly string[]): void {
  const bare = bareWords(words.map((word) => word.toLowerCase()));
  const asked = NAMES.filter((name) => bare.has(name.toLowerCase()));
  const missing = (asked.length > 0 ? asked : ALWAYS).find((name) => !properties.has(name.toLowerCase()));
  if (missing) throw new ParseError(`found no ${quote(missing)}, wanted it among the properties`);
}
