import { onDeno } from "./runtime.ts";

/** SD_LISTEN_FDS_START (sd_listen_fds(3)). */
const FIRST_DESCRIPTOR = 3;
/** A higher LISTEN_FDS is a mistake. */
const MAX_SOCKETS = 1024;

const NO_SOCKETS = "no socket activation file descriptors found (LISTEN_FDS), wanted a start by memory_exporter.socket";

/**
 * Descriptors of the sockets that systemd opened for this process: those of LISTEN_FDS if LISTEN_PID is `pid` (sd_listen_fds(3)).
 * @throws Error if there are none, and on Deno, where commands would inherit them.
 */
export function systemdSockets(
  environment: Readonly<Record<string, string | undefined>>,
  pid: number,
): readonly number[] {
  if (onDeno()) throw new Error("sockets of systemd can't be used on Deno, since commands would inherit them");
  const { LISTEN_PID, LISTEN_FDS = "" } = environment;
  const count = LISTEN_PID === String(pid) && /^\d{1,5}$/.test(LISTEN_FDS) ? Number(LISTEN_FDS) : 0;
  if (count < 1 || count > MAX_SOCKETS) throw new Error(NO_SOCKETS);
  return Array.from({ length: count }, (_, index) => FIRST_DESCRIPTOR + index);
}
