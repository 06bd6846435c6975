/**
 * A shell as PID 1: it starts its arguments, hands on the signals that ask for something, reaps every orphan in `wait`, and
 * ends as the program does. An asynchronous command reads from /dev/null, so that stdin is kept on descriptor 3 meanwhile.
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
  # Gone as the signal came: some shells have told its status by now, others tell it when they are asked again.
  wait "$child"
  again=$?
  [ "$again" -eq 127 ] || status=$again
  exit "$status"
done
`;

export const INIT_SHELL = "/bin/sh";

/** The arguments of a shell that runs a program as its only child, and is an init for it. */
export function initArguments(program: readonly string[]): readonly string[] {
  return [INIT_SHELL, "-c", SCRIPT, "memory_exporter-init", ...program];
}

/** How this program was started, as Node tells it. */
export type OwnStart = Readonly<Record<"argv" | "execArgv", readonly string[]>> & {
  /** The file that runs, by a path that holds whatever name it was called by. */
  readonly execPath: string;
  /** Whether that is the built executable, which has its options and its script inside. */
  readonly isExecutable: boolean;
};

/** The words that start this program once more. In argv there is first the script, or the name that the executable was called by. */
export function ownProgram({ argv, execArgv, execPath, isExecutable }: OwnStart): readonly string[] {
  const [, scriptOrName = "", ...rest] = argv;
  return [execPath, ...(isExecutable ? [] : [...execArgv, scriptOrName]), ...rest];
}
