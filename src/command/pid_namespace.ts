import { spawnSync } from "node:child_process";
import type { Containment } from "./containment.ts";
import { findProgram } from "./environment.ts";

/** Options as root, and with a user namespace, in which the command keeps its user but setuid programs don't work. */
const WAYS = [[], ["--user", "--map-current-user"]] as const;
const OPTIONS = ["--pid", "--fork", "--kill-child"] as const;
const TRIAL_MS = 5000;

/**
 * A shell as the first process of the namespace, since that process ignores signals, also those that it sends to itself.
 * When it ends, the kernel kills all others of the namespace (pid_namespaces(7)).
 */
const INIT = ["/bin/sh", "-c", '"$@"; exit $?', "sh"] as const;

/** A PID namespace for each run, by unshare(1). /proc is still that of the machine. Returns one line if that isn't possible here. */
export function pidNamespaces(): Containment | string {
  const unshare = findProgram("unshare");
  if (unshare === undefined) return "unshare is not installed";
  const trials = WAYS.map((way) => ({
    way,
    reason: testSupport(unshare, [...way, ...OPTIONS, ...INIT, "/bin/sh", "-c", ":"]),
  }));
  const works = trials.find(({ reason }) => reason === undefined);
  if (works === undefined) return trials[0]?.reason ?? "unshare failed";
  return {
    wrap: (argv) => [unshare, ...works.way, ...OPTIONS, ...INIT, ...argv],
    // unshare and the first process of the namespace are in the run's group. The kernel kills the rest with them.
    kill: () => {},
    killFile: () => undefined,
    clear: async () => 0,
  };
}

/** Tests it. Returns why it doesn't work in one line, or undefined. */
function testSupport(program: string, args: readonly string[]): string | undefined {
  const { status, signal, error, stderr } = spawnSync(program, args, {
    stdio: ["ignore", "ignore", "pipe"],
    cwd: "/",
    env: { LC_ALL: "C" },
    timeout: TRIAL_MS,
    killSignal: "SIGKILL",
    encoding: "utf8",
  });
  if (status === 0) return undefined;
  const said = stderr?.trim().split("\n", 1)[0];
  return error?.message ?? (said || `unshare ended with ${signal ?? `status ${status}`}`);
}
