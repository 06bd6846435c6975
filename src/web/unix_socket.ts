import { lstatSync, readFileSync, readlinkSync, statSync, unlinkSync } from "node:fs";
import { connect } from "node:net";
import { dirname } from "node:path";

/** Reduces the mode 0777 of a new socket to 0660: owner and group may connect. */
const UMASK = 0o117;

/** Calls a function that creates a socket file. The file has mode 0660 from the beginning. */
export function withSocketMode(make: () => void): void {
  const before = process.umask(UMASK);
  try {
    make();
  } finally {
    process.umask(before);
  }
}

/**
 * Removes the socket of a process that has exited, so that the path can be used again. Rejects if a process listens on it, and if
 * it is another kind of file.
 */
export async function claimSocketPath(path: string): Promise<void> {
  if (!statSync(dirname(path), { throwIfNoEntry: false })?.isDirectory()) throw new Error("no such directory");
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (!found) return;
  if (!found.isSocket()) throw new Error("a file that is not a socket exists there");
  if (await answers(path)) throw new Error("address already in use");
  unlinkSync(path);
}

/** Whether a process listens on a socket. Only a refused connection proves that none does. */
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

/** Six columns, the inode, the path. */
const UNIX_ROW = /^\S+(?: +\S+){5} +(\d+) (.+)$/;

/** `unix:/path` of a unix socket by its descriptor (proc_net(5)); undefined if it isn't known. */
export function socketPath(descriptor: number): string | undefined {
  try {
    const inode = /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/self/fd/${descriptor}`))?.[1];
    const rows = readFileSync("/proc/net/unix", "utf8").split("\n");
    const [, , path] = rows.map((row) => UNIX_ROW.exec(row)).find((row) => row?.[1] === inode) ?? [];
    return path && `unix:${path}`;
  } catch {
    return undefined;
  }
}
