import { givenOptions, lineOption, type Options, shellWrapper, type Unwrap, wrapper } from "./wrapper_options.ts";

/** Programs that start other programs in containers, virtual machines and on devices. By the manual page of each. */

const GLOBAL: Options = {
  flags: "D",
  values: "Hclfpnart",
  longFlags: "debug tls tlsverify remote compatibility",
  longValues:
    "host context config log-level connection url namespace address file project-name profile env-file project-directory runtime-endpoint image-endpoint timeout",
};
const EXEC: Options = {
  flags: "itdTsl",
  values: "euw",
  longFlags: "interactive tty no-tty no-TTY detach privileged sync latest",
  longValues: "env env-file user workdir detach-keys preserve-fds index exec-id uid cwd timeout",
};

/**
 * `docker exec [options] NAME COMMAND` and similar commands: `docker compose exec`, `ctr tasks exec`. What `docker run`
 * starts isn't certain: an image can have an entry point.
 */
const container: Unwrap = (words) => {
  const rest = givenOptions(words, GLOBAL)?.rest ?? [];
  const [first = "", ...others] = rest;
  const isGroup = ["container", "compose", "task", "tasks", "t"].includes(first);
  const [verb, ...options] = isGroup ? (givenOptions(others, GLOBAL)?.rest ?? []) : rest;
  if (verb !== "exec") return undefined;
  const given = givenOptions(options, EXEC);
  const isNamed = !options.some((word) => /^(?:-l|--latest)$/.test(word));
  return given?.rest.slice(isNamed ? 1 : 0);
};

/** `kubectl exec POD -- COMMAND` and similar commands. */
const afterDashes: Unwrap = (words) => {
  const dashes = words.indexOf("--");
  return words.some((word) => word === "exec" || word === "debug") && dashes >= 0 ? words.slice(dashes + 1) : undefined;
};

/** The same, which works without the dashes as well: `lxc exec NAME COMMAND`. */
const withDashesOrNot: Unwrap = (words) => {
  const [verb, name, ...command] = words;
  if (words.includes("--")) return afterDashes(words);
  return verb === "exec" && !name?.startsWith("-") && !command[0]?.startsWith("-") ? command : undefined;
};

/** `oc rsh POD COMMAND`, or as kubectl. */
const oc: Unwrap = (words) => {
  if (words[0] !== "rsh") return afterDashes(words);
  return wrapper({
    flags: "Tt",
    values: "cnf",
    longFlags: "tty no-tty",
    longValues: "container shell timeout",
    operands: 1,
  })(words.slice(1));
};

/** `k3s kubectl …`: the next word is the program. */
const bundle: Unwrap = (words) => (["kubectl", "crictl", "ctr"].includes(words[0] ?? "") ? words : undefined);

/** `minikube ssh [options] COMMAND`. */
const minikube: Unwrap = (words) => {
  const rest = givenOptions(words, { values: "p", longValues: "profile" })?.rest ?? [];
  const ssh = shellWrapper({ values: "np", longFlags: "native-ssh", longValues: "node profile" });
  return rest[0] === "ssh" ? ssh(rest.slice(1)) : undefined;
};

/** `adb [options] shell COMMAND`: the device's shell gets the words joined by blanks. */
const adb: Unwrap = (words) => {
  const rest = givenOptions(words, { flags: "ade", values: "stHPL" })?.rest ?? [];
  return rest[0] === "shell" ? shellWrapper({ flags: "nTtx", values: "e" })(rest.slice(1)) : undefined;
};

/** `vagrant ssh [NAME] -c LINE`. */
const vagrant: Unwrap = (words) => {
  const ssh = lineOption(["c", "command"], {
    flags: "pt",
    values: "c",
    longFlags: "plain tty no-tty",
    longValues: "command",
  });
  return words[0] === "ssh" ? ssh(words.slice(1)) : undefined;
};

/** `vzctl exec ID COMMAND`: a shell of the container gets the words joined by blanks. */
const vzctl: Unwrap = (words) => {
  const line = words.slice(2).join(" ");
  return /^exec2?$/.test(words[0] ?? "") && line !== "" ? line : undefined;
};

/** Names and wrappers. */
export const containerWrappers: readonly (readonly [string, Unwrap])[] = [
  ...["docker", "docker-compose", "podman", "nerdctl", "crictl", "ctr"].map((name): [string, Unwrap] => [
    name,
    container,
  ]),
  ...["kubectl", "microk8s.kubectl"].map((name): [string, Unwrap] => [name, afterDashes]),
  ...["k3s", "microk8s"].map((name): [string, Unwrap] => [name, bundle]),
  ["oc", oc],
  ["minikube", minikube],
  ...["lxc", "incus", "pct", "multipass"].map((name): [string, Unwrap] => [name, withDashesOrNot]),
  [
    "lxc-attach",
    wrapper({
      flags: "qR",
      values: "nsavugcPlof",
      attached: "e",
      longFlags: "clear-env keep-env quiet remount-sys-proc elevated-privileges",
      longValues: "name namespaces arch set-var keep-var uid gid context lxcpath logpriority logfile rcfile",
    }),
  ],
  ["vzctl", vzctl],
  ["prlctl", vzctl],
  ["jexec", wrapper({ flags: "l", values: "dUu", operands: 1 })],
  [
    "wsl",
    wrapper({
      flags: "e",
      values: "du",
      longFlags: "exec system",
      longValues: "distribution distribution-id user cd shell-type",
    }),
  ],
  ["adb", adb],
  ["vagrant", vagrant],
];
