/**
 * A shell as PID 1. It starts its arguments, forwards signals, reaps orphans by `wait`, and exits with the status of the program.
 * A shell redirects stdin of an asynchronous command from /dev/null, so it is kept on descriptor 3 meanwhile.
 */
const SCRIPT = `
pass() {
  interrupted=1
  if [ "$child" ]; then kill "-$1" "$child" 2>/dev/null; else early="$early $1"; fi
}
child= early=
for signal in HUP INT QUIT TERM; do trap "pass $signal" "$signal"; done
exec 3<&0
"$@" <&3 3<&- &
child=$!
for signal in $early; do pass "$signal"; done
exec 3<&- </dev/null
while :; do
  interrupted=
  wait "$child"
  status=$?
  [ "$interrupted" ] || exit "$status"
  kill -0 "$child" 2>/dev/null && continue
  # The program exited when the signal arrived. Some shells have returned its status already, others return it on another wait.
  wait "$child"
  again=$?
  [ "$again" -eq 127 ] || status=$again
  exit "$status"
done
`;

export const INIT_SHELL = "/bin/sh";

/** The arguments of a shell that acts as init for a program. */
export function initArguments(program: readonly string[]): readonly string[] {
  return [INIT_SHELL, "-c", SCRIPT, "memory_exporter-init", ...program];
}

/** How this program was started, according to Node. */
export type OwnStart = Readonly<Record<"argv" | "execArgv", readonly string[]>> & {
  /** The path of the executable, whatever name it was called by. */
  readonly execPath: string;
  /** Whether that is the built executable, which includes its options and script. */
  readonly isExecutable: boolean;
};

/** The words that start this program again. argv begins with the script, or with the name of the executable. */
export function ownProgram({ argv, execArgv, execPath, isExecutable }: OwnStart): readonly string[] {
  const [, scriptOrName = "", ...rest] = argv;
  return [execPath, ...(isExecutable ? [] : [...execArgv, scriptOrName]), ...rest];
}
