import { type Family, family, gauge } from "../metric.ts";
import { linesOf } from "../parsers/lines.ts";
import type { Output } from "../source.ts";
import { ParseError } from "../text.ts";
import type { PresetAttempt } from "./preset.ts";

/** The metric of node_exporter's collector `uname`, by which its dashboards select a machine. */
const UNAME = gauge("node_uname_info", "Labeled system information as provided by the uname system call.");

/** Labels in the order of uname(2), and their files below /proc/sys/kernel. */
const LABELS = {
  sysname: "ostype",
  nodename: "hostname",
  release: "osrelease",
  version: "version",
  machine: "arch",
  domainname: "domainname",
} as const;

/** The file `arch` exists since Linux 6.1. On older kernels, uname(1) is run. */
export const unameAttempts: readonly PresetAttempt[] = [
  { files: Object.values(LABELS).map((file) => `/proc/sys/kernel/${file}`), read: readFiles },
  {
    argv: [
      "/bin/sh",
      "-c",
      "uname -s && uname -n && uname -r && uname -v && uname -m && cat /proc/sys/kernel/domainname",
    ],
    read: readCommand,
  },
];

function readFiles({ stdout }: Output): readonly Family[] {
  const texts = new Map(
    linesOf(stdout).map(({ text }) => {
      const [, file = "", value = ""] = /^\/proc\/sys\/kernel\/(\w+):(.*)$/.exec(text) ?? [];
      return [file, value];
    }),
  );
  return familyOf((_, file) => texts.get(file));
}

function readCommand({ stdout }: Output): readonly Family[] {
  const lines = linesOf(stdout);
  return familyOf((index) => lines[index]?.text);
}

/** @throws ParseError if a value is missing. */
function familyOf(textOf: (index: number, file: string) => string | undefined): readonly Family[] {
  const labels = Object.entries(LABELS).map(([label, file], index) => {
    const value = textOf(index, file);
    if (value === undefined || value === "") throw new ParseError(`found no ${label}, wanted all fields of uname`);
    return [label, value] as const;
  });
  return [family(UNAME, [[Object.fromEntries(labels), 1]])];
}
