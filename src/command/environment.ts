import { accessSync, constants, statSync } from "node:fs";
import { delimiter, join } from "node:path";

/** Variables that are passed from the exporter to commands. */
const PASSED = ["PATH", "HOME", "USER", "LOGNAME", "TZ", "TMPDIR"] as const;

/** PATH if none is set: that of execvp(3), and the directories of system tools. */
const DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** The variable that marks all processes of a run, also those that have left its process group. */
export const RUN_MARKER = "MEMORY_EXPORTER_RUN";

/**
 * The whole environment of a command: PATH, HOME, USER, LOGNAME, TZ, TMPDIR and LC_ALL=C, then `added`.
 * Nothing else is passed, such as NODE_OPTIONS or variables of the systemd unit.
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

/** Directories of system tools, which are missing in the PATH of cron and of many users. */
const SYSTEM_DIRECTORIES = ["/usr/local/sbin", "/usr/sbin", "/sbin"];

/**
 * The absolute path of a program in PATH, or else in the directories of system tools. Undefined if it isn't found. A name with a
 * slash is returned unchanged.
 */
export function findProgram(name: string, path: string = DEFAULT_PATH): string | undefined {
  if (name.includes("/")) return name;
  for (const directory of [...path.split(delimiter), ...SYSTEM_DIRECTORIES]) {
    const file = join(directory || ".", name);
    try {
      accessSync(file, constants.X_OK);
      if (statSync(file).isFile()) return file;
    } catch {
      // Missing or not executable: try the next directory.
    }
  }
  return undefined;
}
