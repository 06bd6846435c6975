import { type ChildProcess, spawn } from "node:child_process";
import { RUN_MARKER } from "./environment.ts";

/**
 * Reads what lives on stdin and, when that ends, kills it. A word is a run's marker, the number of a process group, the path
 * of a cgroup.kill, or the limit of resources that marks a run (marks.ts). The end comes when the last process that holds the
 * other end is gone: a command that was being started as the exporter died has then been executed, and is found by its marker.
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

/** A process of its own that outlives the exporter for a moment, to kill what the exporter could not. */
export type Guardian = {
  /** Tells it what is to die with the exporter, and starts it if need be. False if it can't be started. */
  readonly add: (words: readonly string[]) => boolean;
  readonly remove: (words: readonly string[]) => void;
  /** The number of its process, while it is not reaped. */
  readonly pid: () => number | undefined;
};

/** A guardian that knows of nothing and isn't started. One that ended is started again at the next `add`. */
export function createGuardian(): Guardian {
  const known = new Set<string>();
  let child: ChildProcess | undefined;

  function start(): void {
    const started = startGuardian();
    const gone = () => {
      if (child === started) child = undefined;
    };
    started?.once("error", gone).once("exit", gone);
    child = started;
    tell("+", [...known]);
  }

  function tell(sign: "+" | "-", words: readonly string[]): void {
    if (words.length > 0) child?.stdin?.write(words.map((word) => `${sign} ${word}\n`).join(""));
  }

  return {
    add(words) {
      if (child === undefined) start();
      for (const word of words) known.add(word);
      tell("+", words);
      return child !== undefined;
    },
    remove(words) {
      for (const word of words) known.delete(word);
      tell("-", words);
    },
    pid: () => child?.pid,
  };
}

function startGuardian(): ChildProcess | undefined {
  try {
    const child = spawn("/bin/sh", ["-c", SCRIPT, "memory_exporter-guardian", RUN_MARKER], {
      // Out of the exporter's group and session, so that what ends those doesn't end it.
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
    // Threw instead of failing later: the same to us.
  }
  return undefined;
}
