/**
 * A shell as PID 1: it starts its arguments, hands on the signals that ask for something, reaps every orphan in `wait`, and
 * ends as the program does. An asynchronous command reads from /dev/null, so that stdin is kept on descriptor 3 meanwhile.
 */
const SCRIPT = `
for signal in HUP INT QUIT TERM; do trap "kill -$signal \\$child 2>/dev/null" $signal; done
exec 3<&0
"$@" <&3 3<&- &
child=$!
exec 3<&- </dev/null
while :; do
  wait "$child"
  status=$?
  kill -0 "$child" 2>/dev/null || exit "$status"
done
`;

export const INIT_SHELL = "/bin/sh";

/** The arguments of a shell that runs a program as its only child, and is an init for it. */
export function initArguments(program: readonly string[]): readonly string[] {
  return [INIT_SHELL, "-c", SCRIPT, "memory_exporter-init", ...program];
}
