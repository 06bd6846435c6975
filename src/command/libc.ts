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
 * Calls into the C library, by node:ffi (Node 26.1 and later) and by Deno.dlopen. Layouts and constants are those of the GNU
 * C library on 64-bit x86 and ARM. No pointer outlives a call, and the C library never calls back.
 */

/** How a process ended, and what it and the descendants that it waited for have used (wait4(2), getrusage(2)). */
export type Waited = {
  /** Its exit status, or the name of the signal that ended it. */
  readonly end: number | string;
  readonly usage: Usage;
};

export type Usage = {
  readonly cpuSeconds: number;
  /**
   * The most that one of them had in memory; 0 where it is less than this process itself has had, which the kernel counts as
   * the child's until it executes its program.
   */
  readonly maxResidentBytes: number;
};

export type Libc = {
  /** Reaps a child that has ended; undefined while it lives, and where there is no such child. Never blocks. */
  readonly wait: (pid: number) => Waited | undefined;
  /** The number of some child that has ended and isn't reaped, or 0; undefined where there are no children (waitid(2), WNOWAIT). */
  readonly endedChild: () => number | undefined;
  /** Makes this process the parent of descendants whose own parent ends (PR_SET_CHILD_SUBREAPER of prctl(2)). */
  readonly adoptOrphans: () => boolean;
  /**
   * Runs a function while the soft limit of real-time CPU time (RLIMIT_RTTIME of getrlimit(2)) is `mark`: a process that is
   * started meanwhile has it, and hands it on to all that descends from it. Only its number matters: the limit is too high
   * to be reached.
   */
  readonly withMark: <T>(mark: bigint, start: () => T) => T;
  readonly sendDatagram: SendDatagram;
  /** Not on Deno, which can't read from a descriptor that it didn't open. */
  readonly spawn?: Spawn;
};

const SIGNATURES = {
  wait4: [["i32", "buffer", "i32", "buffer"], "i32"],
  waitid: [["i32", "u32", "buffer", "i32"], "i32"],
  prctl: [["i32", "u64", "u64", "u64", "u64"], "i32"],
  prlimit: [["i32", "i32", "buffer", "buffer"], "i32"],
  ...DATAGRAM_SIGNATURES,
  // Only the GNU C library has it: its layouts are those below.
  gnu_get_libc_version: [[], "pointer"],
} as const satisfies Record<string, Signature>;

const WNOHANG = 1;
const WEXITED = 4;
const WNOWAIT = 0x01000000;
const P_ALL = 0;
const PR_SET_CHILD_SUBREAPER = 36;
const RLIMIT_RTTIME = 15;

/** The C library, or undefined where it can't be had: an older Node, another C library or system, a permission that is refused. */
export function openLibc(): Libc | undefined {
  if (process.platform !== "linux" || !["x64", "arm64"].includes(process.arch)) return undefined;
  try {
    const deno = (globalThis as { Deno?: DenoFfi }).Deno;
    if (deno) {
      // Asking for what isn't granted would stop and ask the user.
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

/** Node warns that this module is experimental. That is known here, and no concern of who runs the program. */
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
  calls.prlimit(0, RLIMIT_RTTIME, null, limits);
  let ownMaximumKibibytes = 0;
  /** It only grows: so it is asked for again only where that decides. */
  const isOwn = (kibibytes: number) => {
    if (kibibytes > ownMaximumKibibytes) ownMaximumKibibytes = process.resourceUsage().maxRSS;
    return kibibytes <= ownMaximumKibibytes;
  };
  return {
    wait: (pid) => (calls.wait4(pid, status, WNOHANG, usage) === pid ? waitedOf(status, usage, isOwn) : undefined),
    endedChild() {
      // Where none has ended, the call leaves the structure as it is.
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
    sendDatagram: createSendDatagram(calls),
  };
}

/** Where siginfo_t has the number of the process. */
const SI_PID = 16;
/** Where struct rusage has the times of user and system, each in seconds and microseconds, and the maximum in KiB. */
const RU_UTIME = 0;
const RU_STIME = 16;
const RU_MAXRSS = 32;

function waitedOf(status: Buffer, usage: Buffer, isOwn: (maximumKibibytes: number) => boolean): Waited {
  const word = status.readInt32LE();
  const signal = word & 0x7f;
  const seconds = (at: number) => Number(usage.readBigInt64LE(at)) + Number(usage.readBigInt64LE(at + 8)) / 1e6;
  const residentKibibytes = Number(usage.readBigInt64LE(RU_MAXRSS));
  return {
    end: signal === 0 ? (word >> 8) & 0xff : signalName(signal),
    usage: {
      cpuSeconds: seconds(RU_UTIME) + seconds(RU_STIME),
      maxResidentBytes: isOwn(residentKibibytes) ? 0 : residentKibibytes * 1024,
    },
  };
}

function signalName(number: number): string {
  return Object.entries(constants.signals).find(([, one]) => one === number)?.[0] ?? `SIG${number}`;
}

/** None where the C library is older than it needs to be. */
function spawnOf(ffi: NodeFfi): { readonly spawn?: Spawn } {
  try {
    const calls = nodeCalls(ffi, SPAWN_SIGNATURES);
    const location = calls.__errno_location() as bigint;
    return { spawn: createSpawn(calls, ffi.getRawPointer, () => ffi.getInt32(location, 0)) };
  } catch {
    return {};
  }
}
