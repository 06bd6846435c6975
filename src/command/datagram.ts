import type { Calls, Signature } from "./posix_spawn.ts";

/** Sends a text to a unix socket: a path, or `@name` in the abstract namespace (unix(7)). Returns whether it was sent. */
export type SendDatagram = (address: string, text: string) => boolean;

/** Functions of the C library that are needed. */
export const DATAGRAM_SIGNATURES = {
  socket: [["i32", "i32", "i32"], "i32"],
  sendto: [["i32", "buffer", "u64", "i32", "buffer", "u32"], "i32"],
  close: [["i32"], "i32"],
} as const satisfies Record<string, Signature>;

const AF_UNIX = 1;
const SOCK_DGRAM = 2;
const SOCK_NONBLOCK = 0o4000;
const SOCK_CLOEXEC = 0o2000000;
const MSG_NOSIGNAL = 0x4000;
/** Size of sun_path in sockaddr_un. */
const PATH_BYTES = 108;

/** Datagrams over unix sockets, which neither runtime supports. Never blocks. */
export function createSendDatagram(calls: Calls<keyof typeof DATAGRAM_SIGNATURES>): SendDatagram {
  return (address, text) => {
    const path = Buffer.from(address.replace(/^@/, "\0"));
    if (path.length === 0 || path.length >= PATH_BYTES) return false;
    const name = Buffer.alloc(2 + PATH_BYTES);
    name.writeUInt16LE(AF_UNIX);
    path.copy(name, 2);
    // A path needs its terminating NUL, an abstract name has none.
    const bytes = 2 + path.length + (path[0] === 0 ? 0 : 1);
    const socket = Number(calls.socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (socket < 0) return false;
    const message = Buffer.from(text);
    const sent = Number(calls.sendto(socket, message, BigInt(message.length), MSG_NOSIGNAL, name, bytes));
    calls.close(socket);
    return sent === message.length;
  };
}
