/** Programs that start other programs, and where their own arguments end. By the manual page of each. */

/** Gives the words of the started command, or a shell line. Undefined if there is none, or if it isn't certain. */
type Unwrap = (rest: readonly string[]) => readonly string[] | string | undefined;

/** The options of a wrapper. With any other option, the end of the options isn't certain. */
type Options = {
  /** Letters of options without a value. */
  readonly flags?: string;
  /** Letters of options with a value, in the same word or the next. */
  readonly values?: string;
  /** Long options without a value, or with one after `=`. */
  readonly longFlags?: string;
  /** Long options with a value in the next word, unless it stands after `=`. */
  readonly longValues?: string;
  /** Number of words between the options and the command. */
  readonly operands?: number;
};

/** Commands that copy all lines that they read. */
const COPIES = new Set("cat tee tr sort expand unexpand iconv dos2unix column".split(" "));
/** Commands that filter the lines that they read. */
const FILTERS = new Set("grep egrep fgrep head tail sed uniq awk gawk mawk nawk".split(" "));

/** An awk program that only selects lines: `/Mem/`, `NR <= 5`, `$1 == "Mem:" {print}`. */
const AWK_CHOICE =
  /^(?:[\s!,()]|&&|\|\||\/(?:[^/\\]|\\.)*\/|(?:NR|\$\d+)\s*(?:[<>]=?|[!=]=|!?~)\s*(?:\d+|"[^"\\]*"|\/(?:[^/\\]|\\.)*\/))+(?:\{\s*print(?:\s+\$0)?\s*;?\s*\})?\s*$/;

/** Whether a command only copies or filters lines. @param words program first */
export function passes([path = "", ...rest]: readonly string[]): boolean {
  const program = basename(path);
  if (program.endsWith("awk")) return FILTERS.has(program) && AWK_CHOICE.test(rest[0] ?? "");
  const cutsBytes = rest.some((word) => /^-\w*c|^--bytes/.test(word));
  if (program === "head" || program === "tail") return !cutsBytes;
  return COPIES.has(program) || FILTERS.has(program);
}

/** Whether a command filters lines. @param words program first */
export function leavesLinesOut([path = "", ...rest]: readonly string[]): boolean {
  const program = basename(path);
  const printsAll = program.endsWith("grep") && rest.find((word) => !word.startsWith("-")) === "";
  return FILTERS.has(program) && !printsAll;
}

/** Last part of a path of Unix or Windows, without `.exe`. */
export function basename(path: string): string {
  const isWindows = /^[A-Za-z]:\\|\.exe$/i.test(path);
  const last = path.slice(Math.max(path.lastIndexOf("/"), isWindows ? path.lastIndexOf("\\") : -1) + 1);
  return isWindows ? last.toLowerCase().replace(/\.exe$/, "") : last;
}

/** The end of the options. Undefined if there is an unknown one. */
function optionsEnd(words: readonly string[], options: Options): number | undefined {
  const longFlags = options.longFlags?.split(" ") ?? [];
  const longValues = options.longValues?.split(" ") ?? [];
  let at = 0;
  for (;;) {
    const word = words[at];
    if (word === undefined || word === "-" || !word.startsWith("-")) return at;
    at += 1;
    if (word === "--") return at;
    if (word.startsWith("--")) {
      const [name = "", value] = word.slice(2).split("=", 2);
      if (longValues.includes(name)) at += value === undefined ? 1 : 0;
      else if (!longFlags.includes(name)) return undefined;
      continue;
    }
    const letters = word.slice(1);
    const valued = [...letters].findIndex((letter) => !options.flags?.includes(letter));
    if (valued < 0) continue;
    if (!options.values?.includes(letters[valued] ?? "")) return undefined;
    if (valued === letters.length - 1) at += 1;
  }
}

function wrapper(options: Options): Unwrap {
  return (rest) => {
    const end = optionsEnd(rest, options);
    return end === undefined ? undefined : rest.slice(end + (options.operands ?? 0));
  };
}

/** `docker exec [options] NAME COMMAND` and similar commands. */
const container: Unwrap = (rest) => {
  const start = optionsEnd(rest, {
    flags: "D",
    values: "Hcl",
    longFlags: "debug tls tlsverify remote",
    longValues: "host context config log-level connection url namespace address",
  });
  if (start === undefined || rest[start] !== "exec") return undefined;
  const inner = wrapper({
    flags: "itd",
    values: "euw",
    longFlags: "interactive tty detach privileged",
    longValues: "env env-file user workdir detach-keys preserve-fds",
    operands: 1,
  });
  return inner(rest.slice(start + 1));
};

/** `kubectl exec POD -- COMMAND` and similar commands. */
const afterDashes: Unwrap = (rest) => {
  const dashes = rest.indexOf("--");
  return rest.includes("exec") && dashes >= 0 ? rest.slice(dashes + 1) : undefined;
};

/** `ssh [options] HOST [options] COMMAND`: the remote shell gets the words joined by blanks. ssh(1). */
const ssh: Unwrap = (rest) => {
  const options = { flags: "46AaCfgKkMnqTtvXxYy", values: "BbcDEeFIiJLlmOoPpRSWw" };
  const host = optionsEnd(rest, options);
  if (host === undefined || rest[host] === undefined) return undefined;
  const afterHost = rest.slice(host + 1);
  const end = optionsEnd(afterHost, options);
  return end === undefined || end === afterHost.length ? undefined : afterHost.slice(end).join(" ");
};

/** `sh [options] -c LINE`. */
const shell: Unwrap = (rest) => {
  const end = optionsEnd(rest, { flags: "abcefhiklmnpruvx", values: "oO", longFlags: "login noprofile norc posix" });
  if (end === undefined) return undefined;
  const hasLine = rest.slice(0, end).some((word) => /^-[a-z]*c[a-z]*$/.test(word));
  return hasLine ? rest[end] : undefined;
};

/** Multi-call binaries: the next word is the program. */
const applet: Unwrap = (rest) => (rest[0]?.startsWith("-") ? undefined : rest);

/** All known wrappers by name. */
export const WRAPPERS: ReadonlyMap<string, Unwrap> = new Map<string, Unwrap>([
  [
    "env",
    wrapper({ flags: "i0v", values: "uC", longFlags: "ignore-environment null debug", longValues: "unset chdir" }),
  ],
  [
    "sudo",
    wrapper({
      flags: "ABbEHiknNPSs",
      values: "CDghpRrTtUu",
      longFlags:
        "askpass background bell login non-interactive no-update preserve-env preserve-groups reset-timestamp set-home shell stdin",
      longValues: "chdir chroot close-from command-timeout group host other-user prompt role type user",
    }),
  ],
  ["doas", wrapper({ flags: "n", values: "au" })],
  ["nice", wrapper({ flags: "0123456789", values: "n", longValues: "adjustment" })],
  ["ionice", wrapper({ flags: "t", values: "cn", longFlags: "ignore", longValues: "class classdata" })],
  [
    "timeout",
    wrapper({
      flags: "fpv",
      values: "ks",
      longFlags: "foreground preserve-status verbose",
      longValues: "kill-after signal",
      operands: 1,
    }),
  ],
  ["nohup", wrapper({})],
  ["stdbuf", wrapper({ values: "ioe", longValues: "input output error" })],
  ["setsid", wrapper({ flags: "cfw", longFlags: "ctty fork wait" })],
  ["taskset", wrapper({ flags: "ac", longFlags: "all-tasks cpu-list", operands: 1 })],
  [
    "time",
    wrapper({
      flags: "apqv",
      values: "fo",
      longFlags: "append portability quiet verbose",
      longValues: "format output",
    }),
  ],
  ["exec", wrapper({ flags: "cl", values: "a" })],
  ["command", wrapper({ flags: "p" })],
  ["chroot", wrapper({ longFlags: "skip-chdir", longValues: "groups userspec", operands: 1 })],
  [
    "nsenter",
    wrapper({
      flags: "aceFimnpCTuUrwWZ",
      values: "tSGN",
      longFlags:
        "all cgroup env follow-context ipc join-cgroup keep-caps mount net no-fork pid preserve-credentials root time user user-parent uts wd wdns",
      longValues: "target setuid setgid net-socket",
    }),
  ],
  [
    "unshare",
    wrapper({
      flags: "mipnuUCTfrc",
      values: "SGRwl",
      longFlags:
        "cgroup fork ipc keep-caps kill-child map-auto map-current-user map-root-user mount mount-binfmt mount-proc net pid time user uts",
      longValues:
        "boottime load-interp map-group map-groups map-user map-users monotonic propagation root setgid setgroups setuid wd",
    }),
  ],
  ["docker", container],
  ["podman", container],
  ["nerdctl", container],
  ["kubectl", afterDashes],
  ["oc", afterDashes],
  ["lxc", afterDashes],
  ["incus", afterDashes],
  ["ssh", ssh],
  ...["sh", "bash", "dash", "ash", "zsh", "ksh", "mksh"].map((name): [string, Unwrap] => [name, shell]),
  ["busybox", applet],
  ["toybox", applet],
]);
