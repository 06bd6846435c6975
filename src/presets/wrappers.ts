import { containerWrappers } from "./container_wrappers.ts";
import { givenOptions, lineOption, shellWrapper, type Unwrap, wrapper } from "./wrapper_options.ts";

/** Programs that start other programs, on the same machine or on another. Source: the manual page of each. */

const SSH = { flags: "46AaCfgKkMnqTtvXxYy", values: "BbcDEeFIiJLlmOoPpRSWw" };

/** `ssh [options] HOST [options] COMMAND`: the remote shell gets the words joined by blanks. ssh(1). */
const ssh: Unwrap = (words) => sshCommand(words, SSH);
/** The same with `-M PORT`. */
const autossh: Unwrap = (words) => sshCommand(words, { flags: SSH.flags.replace("M", ""), values: `${SSH.values}M` });

function sshCommand(words: readonly string[], options: typeof SSH): string | undefined {
  const [host, ...afterHost] = givenOptions(words, options)?.rest ?? [];
  const rest = host === undefined ? undefined : givenOptions(afterHost, options)?.rest;
  return rest === undefined || rest.length === 0 ? undefined : rest.join(" ");
}

/** `sh [options] -c LINE`. */
const shell: Unwrap = (words) => {
  const options = { flags: "abcefhiklmnpruvx", values: "oO", longFlags: "login noprofile norc posix" };
  const rest = givenOptions(words, options)?.rest ?? [];
  const hasLine = words.slice(0, words.length - rest.length).some((word) => /^-[a-z]*c[a-z]*$/.test(word));
  return hasLine ? rest[0] : undefined;
};

/** Multi-call binaries: the next word is the program. */
const applet: Unwrap = (words) => (words[0]?.startsWith("-") ? undefined : words);

/** `env [-] [options] [NAME=VALUE…] COMMAND`. */
const env: Unwrap = (words) =>
  wrapper({
    flags: "i0v",
    values: "uCa",
    longFlags: "ignore-environment null debug block-signal default-signal ignore-signal",
    longValues: "unset chdir argv0",
  })(words[0] === "-" ? words.slice(1) : words);

const SU = {
  flags: "fflmpP",
  values: "cgGsw",
  longFlags: "fast login preserve-environment pty",
  longValues: "command group supp-group shell whitelist-environment session-command",
};
const su = lineOption(["c", "command", "session-command"], SU);

/** `runuser -u USER COMMAND`, or as `su`. */
const runuser: Unwrap = (words) => {
  const options = { ...SU, values: `${SU.values}u`, longValues: `${SU.longValues} user` };
  const given = givenOptions(words, options);
  return given?.values.has("u") || given?.values.has("user") ? given.rest : su(words);
};

/** `ip [options] netns exec NAME COMMAND`, and the same with vrf. */
const ip: Unwrap = (words) => {
  const at = words.findIndex((word, i) => ["netns", "vrf"].includes(word) && words[i + 1] === "exec");
  const before = words.slice(0, Math.max(at, 0));
  const isOption = (word: string, i: number) => word.startsWith("-") || /^-(?:n|netns)$/.test(before[i - 1] ?? "");
  return at >= 0 && before.every(isOption) ? words.slice(at + 3) : undefined;
};

/** `script -c LINE FILE`, on other systems `script FILE COMMAND`. */
const script: Unwrap = (words) => {
  const options = {
    flags: "adefkpqr",
    values: "cBEIOmoT",
    attached: "t",
    longFlags: "append return flush force quiet timing",
    longValues: "command echo log-in log-out log-io log-timing logging-format output-limit",
  };
  return lineOption(["c", "command"], options)(words) ?? wrapper({ ...options, operands: 1 })(words);
};

/** `chrt [options] [PRIORITY] COMMAND`. */
const chrt: Unwrap = (words) => {
  const rest = givenOptions(words, {
    flags: "abdefiorRv",
    values: "TPD",
    longFlags: "all-tasks batch deadline ext fifo idle other rr reset-on-fork verbose",
    longValues: "sched-runtime sched-period sched-deadline",
  })?.rest;
  return rest && /^\d+$/.test(rest[0] ?? "") ? rest.slice(1) : rest;
};

/** `flock [options] FILE COMMAND`, or `-c LINE` after the file. */
const flock: Unwrap = (words) => {
  const rest = givenOptions(words, {
    flags: "seixnuoFv",
    values: "wE",
    longFlags: "shared exclusive nonblock nb unlock close no-fork verbose",
    longValues: "timeout wait conflict-exit-code",
  })?.rest;
  return rest && /^(?:-c|--command)$/.test(rest[1] ?? "") ? rest[2] : rest?.slice(1);
};

const SETARCH = {
  flags: "BFILRSTXZ3v",
  longFlags:
    "32bit uname-2.6 fdpic-funcptrs short-inode addr-compat-layout addr-no-randomize whole-seconds sticky-timeouts read-implies-exec mmap-page-zero 3gb verbose",
};

/** `systemd-run` with an option that prints the output instead of sending it to the journal. */
const systemdRun: Unwrap = (words) => {
  const command = wrapper({
    flags: "qrPtGdv",
    values: "HMCpEu",
    longFlags:
      "user system scope pipe pty wait quiet collect same-dir no-ask-password send-sighup expand-environment verbose",
    longValues: "unit property description slice setenv uid gid nice working-directory machine host service-type",
  })(words);
  const own = words.slice(0, words.length - (command?.length ?? 0));
  return own.some((word) => /^(?:-[a-zA-Z]*[Pt]|--(?:pipe|pty|scope)$)/.test(word)) ? command : undefined;
};

/** Programs that run the command as another user. */
const USERS: readonly (readonly [string, Unwrap])[] = [
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
  ["su", su],
  ["runuser", runuser],
  ["pkexec", wrapper({ longFlags: "disable-internal-agent keep-cwd", longValues: "user" })],
  [
    "setpriv",
    wrapper({
      longFlags: "clear-groups keep-groups init-groups no-new-privs nnp reset-env",
      longValues:
        "reuid regid ruid euid rgid egid groups inh-caps ambient-caps bounding-set securebits pdeathsig selinux-label apparmor-profile landlock-access landlock-rule",
    }),
  ],
  ...["gosu", "su-exec", "setuidgid", "s6-setuidgid"].map((name): [string, Unwrap] => [name, wrapper({ operands: 1 })]),
  ["chpst", wrapper({ flags: "vP012", values: "uUbenlLmdofpcrt/" })],
  ["fakeroot", wrapper({ flags: "u", values: "lisbf", longFlags: "unknown-is-real", longValues: "lib faked fd-base" })],
];

/** Programs that run the command with limits, other priorities or other namespaces. */
const LIMITS: readonly (readonly [string, Unwrap])[] = [
  ["nice", wrapper({ flags: "0123456789", values: "n", longValues: "adjustment" })],
  ["ionice", wrapper({ flags: "t", values: "cn", longFlags: "ignore", longValues: "class classdata" })],
  ...["timeout", "gtimeout"].map((name): [string, Unwrap] => [
    name,
    wrapper({
      flags: "fpv",
      values: "ks",
      longFlags: "foreground preserve-status verbose",
      longValues: "kill-after signal",
      operands: 1,
    }),
  ]),
  ["taskset", wrapper({ flags: "ac", longFlags: "all-tasks cpu-list", operands: 1 })],
  ["chrt", chrt],
  ["choom", wrapper({ values: "n", longValues: "adjust" })],
  [
    "numactl",
    wrapper({
      flags: "abl",
      values: "iNCmPpw",
      longFlags: "all balancing localalloc",
      longValues: "interleave weighted-interleave cpunodebind physcpubind membind preferred preferred-many",
    }),
  ],
  [
    "prlimit",
    wrapper({
      attached: "cdefilmnqrstuvxy",
      longFlags:
        "as core cpu data fsize locks memlock msgqueue nice nofile nproc rss rtprio rttime sigpending stack verbose noheadings raw",
    }),
  ],
  ["cgexec", wrapper({ flags: "b", values: "g", longFlags: "sticky" })],
  ["systemd-run", systemdRun],
  ["chroot", wrapper({ longFlags: "skip-chdir", longValues: "groups userspec", operands: 1 })],
  [
    "nsenter",
    wrapper({
      flags: "aceFkUrwWZ",
      values: "tSGN",
      attached: "mnpuiCTUrw",
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
  ["ip", ip],
  ["flock", flock],
  ["setarch", (words) => wrapper(SETARCH)(words[0]?.startsWith("-") ? words : words.slice(1))],
  ...["linux32", "linux64"].map((name): [string, Unwrap] => [name, wrapper(SETARCH)]),
];

/** All known wrappers by name. */
export const WRAPPERS: ReadonlyMap<string, Unwrap> = new Map<string, Unwrap>([
  ["env", env],
  ...USERS,
  ...LIMITS,
  ...containerWrappers,
  ...["nohup", "eatmydata", "unbuffer", "nocache"].map((name): [string, Unwrap] => [name, wrapper({})]),
  ["caffeinate", wrapper({ flags: "dimsu", values: "tw" })],
  ["stdbuf", wrapper({ values: "ioe", longValues: "input output error" })],
  ["setsid", wrapper({ flags: "cfw", longFlags: "ctty fork wait" })],
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
  ["script", script],
  ["ssh", ssh],
  ["autossh", autossh],
  ["sshpass", wrapper({ flags: "ev", values: "fdpP" })],
  ...["rsh", "remsh"].map((name): [string, Unwrap] => [
    name,
    shellWrapper({ flags: "Kdnx", values: "l", operands: 1 }),
  ]),
  ...["sh", "bash", "dash", "ash", "zsh", "ksh", "mksh", "fish"].map((name): [string, Unwrap] => [name, shell]),
  ["busybox", applet],
  ["toybox", applet],
]);
