import { lstatSync, unlinkSync } from "node:fs";
import { connect } from "node:net";

/** Owner and group may connect. */
export const SOCKET_MODE = 0o660;

/**
 * Makes a path free to bind: the socket of a dead process is removed.
 * Rejects if a process listens there, or if it is another kind of file, which is never removed.
 */
export async function claimSocketPath(path: string): Promise<void> {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (!found) return;
  if (!found.isSocket()) throw new Error("a file that is no socket is there");
  if (await answers(path)) throw new Error("address already in use");
  unlinkSync(path);
}

/** Whether a process listens on a socket. Only the refusal of the connection says that none does. */
function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ path });
    const end = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once("connect", () => end(true));
    socket.once("error", (error: NodeJS.ErrnoException) =>
      end(error.code !== "ECONNREFUSED" && error.code !== "ENOENT"),
    );
  });
}
