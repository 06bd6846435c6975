import { type ChildProcess, spawn } from "node:child_process";
import { RUN_MARKER } from "./environment.ts";

/**
 * Reads from stdin what to kill, and kills it when stdin ends. A word is the marker of a run, the number of a process group, the
 * path of a cgroup.kill, or the resource limit that marks a run (marks.ts). stdin ends when the last process that holds the pipe
 * has exited or was executed. So a command that was being started when the exporter died is found by its marker.
 */
const SCRIPT = `
trap "" HUP INT QUIT TERM
set -f
live=" "
while read -r sign word; do
  case $sign in
    +) live="$live$word " ;;
    -) case $live in *" $word "*) live="\${live%%" $word "*} \${live#*" $word "}" ;; esac ;;
  esac
done
markers= limits=
for word in $live; do
  case $word in
    /*) echo 1 >"$word" ;;
    limit:*) limits="$limits -e \${word#limit:}" ;;
    *.*) markers="$markers -e $1=$word" ;;
    *) kill -KILL "-$word" ;;
  esac
done
set +f
[ "$markers" ] || exit 0
for round in 1 2 3 4 5; do
  for file in $(grep -Fls $markers /proc/[0-9]*/environ; [ "$limits" ] && grep -Fls $limits /proc/[0-9]*/limits); do
    file=\${file#/proc/}
    kill -KILL "\${file%/*}"
  done
done
`;

/** A separate process that kills the exporter's commands when the exporter was killed. */
export type Guardian = {
  /** Adds what to kill, and starts the process if it isn't running. False if it can't be started. */
  readonly add: (words: readonly string[]) => boolean;
  readonly remove: (words: readonly string[]) => void;
  /** Its pid, until it is reaped. */
  readonly pid: () => number | undefined;
};

/** A guardian, not started yet. If it exits, the next `add` starts it again. */
export function createGuardian(): Guardian {
  const added = new Set<string>();
  let child: ChildProcess | undefined;

  function start(): void {
    const started = startGuardian();
    const gone = () => {
      if (child === started) child = undefined;
    };
    started?.once("error", gone).once("exit", gone);
    child = started;
    send("+", [...added]);
  }

  function send(sign: "+" | "-", words: readonly string[]): void {
    if (words.length > 0) child?.stdin?.write(words.map((word) => `${sign} ${word}\n`).join(""));
  }

  return {
    add(words) {
      if (child === undefined) start();
      for (const word of words) added.add(word);
      send("+", words);
      return child !== undefined;
    },
    remove(words) {
      for (const word of words) added.delete(word);
      send("-", words);
    },
    pid: () => child?.pid,
  };
}

function startGuardian(): ChildProcess | undefined {
  try {
    const child = spawn("/bin/sh", ["-c", SCRIPT, "memory_exporter-guardian", RUN_MARKER], {
      // Its own session, so that signals to the exporter's group don't reach it.
      detached: true,
      stdio: ["pipe", "ignore", "ignore"],
      cwd: "/",
      env: { PATH: "/usr/bin:/bin", LC_ALL: "C" },
    });
    child.stdin.on("error", () => {});
    child.unref();
    if (child.pid !== undefined) return child;
    child.once("error", () => {});
  } catch {
    // Some errors are thrown, others are emitted.
  }
  return undefined;
}
