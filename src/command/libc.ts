import { constants } from "node:os";
import { createSendDatagram, DATAGRAM_SIGNATURES, type SendDatagram } from "./datagram.ts";
import {
  type Call,
  type Calls,
  createSpawn,
  type Signature,
  SPAWN_SIGNATURES,
  type Spawn,
  STRUCTURE_BYTES,
  type Type,
} from "./posix_spawn.ts";

/**
 * Calls into the C library, by node:ffi (Node 26.1 and later) or Deno.dlopen. Layouts and constants are those of the GNU C library
 * on x86-64 and ARM64. No pointer is kept after a call, and there are no callbacks.
 */

/** How a process ended, and the resource usage of it and of the descendants that it waited for (wait4(2), getrusage(2)). */
export type Waited = {
  /** Its exit status, or the name of the signal that ended it. */
  readonly end: number | string;
  readonly usage: Usage;
};

export type Usage = {
  readonly cpuSeconds: number;
  /**
   * Maximum resident size of any of them. 0 if it isn't larger than that of the exporter, since the kernel counts the exporter's
   * memory until the child executes its program.
   */
  readonly maxResidentBytes: number;
};

export type Libc = {
  /** Reaps a child that has exited. Undefined if it hasn't, or if there is no such child. Never blocks. */
  readonly wait: (pid: number) => Waited | undefined;
  /** The pid of a child that has exited and isn't reaped, or 0. Undefined if there are no children (waitid(2), WNOWAIT). */
  readonly endedChild: () => number | undefined;
  /** Makes this process the parent of orphaned descendants (PR_SET_CHILD_SUBREAPER of prctl(2)). Returns whether it worked. */
  readonly adoptOrphans: () => boolean;
  /**
   * Calls a function while the soft limit RLIMIT_RTTIME (getrlimit(2)) is `mark`. A process that it starts inherits the limit, and
   * so do its descendants. The value must be too high to have an effect.
   */
  readonly withMark: <T>(mark: bigint, start: () => T) => T;
  /** Sets close-on-exec, so that commands don't inherit a descriptor. Without effect if it isn't open (F_SETFD of fcntl(2)). */
  readonly closeOnExec: (fd: number) => void;
  readonly sendDatagram: SendDatagram;
  /** Whether a pipe has bytes to read, and whether any process can still write to it (poll(2)). Never blocks. */
  readonly pollPipe: (fd: number) => { readonly hasBytes: boolean; readonly hasWriter: boolean };
  /** Undefined on Deno, which can't read from descriptors that it didn't open. */
  readonly spawn?: Spawn;
  /** As `groupExists` of group.ts, without an exception for each group that is gone. */
  readonly groupExists?: (leader: number) => boolean;
};

const SIGNATURES = {
  wait4: [["i32", "buffer", "i32", "buffer"], "i32"],
  waitid: [["i32", "u32", "buffer", "i32"], "i32"],
  prctl: [["i32", "u64", "u64", "u64", "u64"], "i32"],
  poll: [["buffer", "u64", "i32"], "i32"],
  prlimit: [["i32", "i32", "buffer", "buffer"], "i32"],
  fcntl: [["i32", "i32", "i32"], "i32"],
  ...DATAGRAM_SIGNATURES,
  // Only the GNU C library has this function.
  gnu_get_libc_version: [[], "pointer"],
} as const satisfies Record<string, Signature>;

const WNOHANG = 1;
const WEXITED = 4;
const WNOWAIT = 0x01000000;
const P_ALL = 0;
const PR_SET_CHILD_SUBREAPER = 36;
const POLLIN = 0x01;
const POLLHUP = 0x10;
const RLIMIT_RTTIME = 15;
const F_SETFD = 2;
const FD_CLOEXEC = 1;

/** The C library. Undefined on another system, with another C library or an older Node, and without Deno's permission. */
export function openLibc(): Libc | undefined {
  if (process.platform !== "linux" || !["x64", "arm64"].includes(process.arch)) return undefined;
  try {
    const deno = (globalThis as { Deno?: DenoFfi }).Deno;
    if (deno) {
      // Without the permission, dlopen would prompt the user.
      if (deno.permissions.querySync({ name: "ffi" }).state !== "granted") return undefined;
      return createLibc(denoCalls(deno));
    }
    const ffi = nodeFfi();
    return ffi && { ...createLibc(nodeCalls(ffi, SIGNATURES)), ...spawnOf(ffi) };
  } catch {
    return undefined;
  }
}

type DenoFfi = {
  readonly permissions: { readonly querySync: (of: { name: "ffi" }) => { readonly state: string } };
  readonly dlopen: (
    file: string,
    symbols: Readonly<Record<string, { parameters: readonly Type[]; result: Type }>>,
  ) => { readonly symbols: Readonly<Record<string, Call>> };
};

function denoCalls(deno: DenoFfi): Calls<keyof typeof SIGNATURES> {
  const symbols = Object.entries(SIGNATURES).map(([name, [parameters, result]]) => [name, { parameters, result }]);
  return deno.dlopen("libc.so.6", Object.fromEntries(symbols)).symbols as Calls<keyof typeof SIGNATURES>;
}

type NodeFfi = {
  readonly dlopen: (
    file: null,
    functions: Readonly<Record<string, { arguments: readonly Type[]; return: Type }>>,
  ) => { readonly functions: Readonly<Record<string, Call>> };
  readonly getRawPointer: (bytes: Uint8Array) => bigint;
  readonly getInt32: (pointer: bigint, offset: number) => number;
};

/** Suppresses Node's warning that this module is experimental. */
function nodeFfi(): NodeFfi | undefined {
  const { emitWarning } = process;
  process.emitWarning = () => {};
  try {
    return process.getBuiltinModule("node:ffi") as NodeFfi | undefined;
  } finally {
    process.emitWarning = emitWarning;
  }
}

function nodeCalls<Name extends string>(ffi: NodeFfi, signatures: Readonly<Record<Name, Signature>>): Calls<Name> {
  const functions = Object.entries<Signature>(signatures).map(([name, [parameters, result]]) => [
    name,
    { arguments: parameters, return: result },
  ]);
  return ffi.dlopen(null, Object.fromEntries(functions)).functions as Calls<Name>;
}

function createLibc(calls: Calls<keyof typeof SIGNATURES>): Libc {
  const status = Buffer.alloc(STRUCTURE_BYTES);
  const usage = Buffer.alloc(STRUCTURE_BYTES);
  const info = Buffer.alloc(STRUCTURE_BYTES);
  const limits = Buffer.alloc(STRUCTURE_BYTES);
  const marked = Buffer.alloc(STRUCTURE_BYTES);
  const polled = Buffer.alloc(STRUCTURE_BYTES);
  calls.prlimit(0, RLIMIT_RTTIME, null, limits);
  let ownMaximumKibibytes = 0;
  /** The own maximum only grows, so it is read again only if that can change the result. */
  const isWithinOwnMaximum = (kibibytes: number) => {
    if (kibibytes > ownMaximumKibibytes) ownMaximumKibibytes = process.resourceUsage().maxRSS;
    return kibibytes <= ownMaximumKibibytes;
  };
  return {
    wait: (pid) =>
      calls.wait4(pid, status, WNOHANG, usage) === pid ? waitedOf(status, usage, isWithinOwnMaximum) : undefined,
    endedChild() {
      // If no child has exited, the call may leave the structure unchanged.
      info.writeInt32LE(0, SI_PID);
      const result = calls.waitid(P_ALL, 0, info, WEXITED | WNOHANG | WNOWAIT);
      return result === 0 ? info.readInt32LE(SI_PID) : undefined;
    },
    adoptOrphans: () => calls.prctl(PR_SET_CHILD_SUBREAPER, 1n, 0n, 0n, 0n) === 0,
    withMark(mark, start) {
      limits.copy(marked);
      marked.writeBigUInt64LE(mark);
      calls.prlimit(0, RLIMIT_RTTIME, marked, null);
      try {
        return start();
      } finally {
        calls.prlimit(0, RLIMIT_RTTIME, limits, null);
      }
    },
    closeOnExec: (fd) => void calls.fcntl(fd, F_SETFD, FD_CLOEXEC),
    sendDatagram: createSendDatagram(calls),
    pollPipe(fd) {
      // struct pollfd: the descriptor, the wanted events, the events that happened.
      polled.writeInt32LE(fd);
      polled.writeInt16LE(POLLIN, 4);
      calls.poll(polled, 1n, 0);
      const events = polled.readInt16LE(6);
      return { hasBytes: (events & POLLIN) !== 0, hasWriter: (events & POLLHUP) === 0 };
    },
  };
}

/** Offset of the pid in siginfo_t. */
const SI_PID = 16;
/** Offsets in struct rusage: user and system time, each in seconds and microseconds, and the maximum resident size in KiB. */
const RU_UTIME = 0;
const RU_STIME = 16;
const RU_MAXRSS = 32;

function waitedOf(status: Buffer, usage: Buffer, isWithinOwnMaximum: (maximumKibibytes: number) => boolean): Waited {
  const word = status.readInt32LE();
  const signal = word & 0x7f;
  const seconds = (at: number) => Number(usage.readBigInt64LE(at)) + Number(usage.readBigInt64LE(at + 8)) / 1e6;
  const residentKibibytes = Number(usage.readBigInt64LE(RU_MAXRSS));
  return {
    end: signal === 0 ? (word >> 8) & 0xff : signalName(signal),
    usage: {
      cpuSeconds: seconds(RU_UTIME) + seconds(RU_STIME),
      maxResidentBytes: isWithinOwnMaximum(residentKibibytes) ? 0 : residentKibibytes * 1024,
    },
  };
}

function signalName(number: number): string {
  return Object.entries(constants.signals).find(([, one]) => one === number)?.[0] ?? `SIG${number}`;
}

/** Empty if the C library is too old. */
function spawnOf(ffi: NodeFfi): Pick<Libc, "spawn" | "groupExists"> {
  try {
    const calls = nodeCalls(ffi, { ...SPAWN_SIGNATURES, kill: [["i32", "i32"], "i32"] });
    const location = calls.__errno_location() as bigint;
    const errno = () => ffi.getInt32(location, 0);
    return {
      spawn: createSpawn(calls, ffi.getRawPointer, errno),
      groupExists: (leader) => calls.kill(-leader, 0) === 0 || errno() !== constants.errno.ESRCH,
    };
  } catch {
    return {};
  }
}
