import { accessSync, constants, statSync } from "node:fs";
import { delimiter, join } from "node:path";

/** Variables of the exporter that a command gets, as far as they are set. */
const PASSED = ["PATH", "HOME", "USER", "LOGNAME", "TZ", "TMPDIR"] as const;

/** What execvp(3) of the C library searches without PATH, and the directories of system tools. */
const DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** The variable that marks all processes of a run, by which those that left its process group are found. */
export const RUN_MARKER = "MEMORY_EXPORTER_RUN";

/**
 * The whole environment of a command: PATH, HOME, USER, LOGNAME, TZ, TMPDIR and LC_ALL=C, then `added`.
 * Nothing else gets through, neither NODE_OPTIONS nor what a unit file hands to the exporter.
 */
export function commandEnvironment(
  own: Readonly<Record<string, string | undefined>>,
  added: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const environment: Record<string, string> = { PATH: DEFAULT_PATH };
  for (const name of PASSED) {
    const value = own[name];
    if (value) environment[name] = value;
  }
  return { ...environment, LC_ALL: "C", ...added };
}

/** Directories of system tools, which the PATH of cron and of many users lacks. */
const SYSTEM_DIRECTORIES = ["/usr/local/sbin", "/usr/sbin", "/sbin"];

/**
 * The absolute path of a program as a shell would find it, or else in the directories of system tools; undefined where
 * there is none. A name with a slash is taken as it is.
 */
export function findProgram(name: string, path: string = DEFAULT_PATH): string | undefined {
  if (name.includes("/")) return name;
  for (const directory of [...path.split(delimiter), ...SYSTEM_DIRECTORIES]) {
    const file = join(directory || ".", name);
    try {
      accessSync(file, constants.X_OK);
      if (statSync(file).isFile()) return file;
    } catch {
      // Not here, or not for us: the next directory.
    }
  }
  return undefined;
}
