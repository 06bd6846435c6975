import { closeSync } from "node:fs";
import { constants } from "node:os";
import { getSystemErrorName } from "node:util";

export type Type = "i32" | "u32" | "u64" | "buffer" | "pointer";
export type Signature = readonly [parameters: readonly Type[], result: Type];
/** A C function. 64-bit numbers and pointers are bigints. */
export type Call = (...args: readonly (number | bigint | Uint8Array | BigUint64Array | null)[]) => number | bigint;
export type Calls<Name extends string> = Readonly<Record<Name, Call>>;

/** A started process, and the descriptors to read its stdout and stderr from. */
export type Started = { readonly pid: number; readonly stdout: number; readonly stderr: number };

/**
 * Starts a program in its own session, with all signals unblocked and at their defaults, /dev/null as stdin, and pipes as stdout
 * and stderr. Returns the name of the error (`ENOENT`) if that fails.
 */
export type Spawn = (
  argv: readonly [string, ...string[]],
  environment: Readonly<Record<string, string>>,
  directory: string,
) => Started | string;

/** Functions of the C library that are needed. */
export const SPAWN_SIGNATURES = {
  pipe2: [["buffer", "i32"], "i32"],
  fcntl: [["i32", "i32", "i32"], "i32"],
  posix_spawn: [["buffer", "buffer", "buffer", "buffer", "buffer", "buffer"], "i32"],
  posix_spawnattr_init: [["buffer"], "i32"],
  posix_spawnattr_setflags: [["buffer", "i32"], "i32"],
  posix_spawnattr_setsigdefault: [["buffer", "buffer"], "i32"],
  posix_spawnattr_setsigmask: [["buffer", "buffer"], "i32"],
  posix_spawn_file_actions_init: [["buffer"], "i32"],
  posix_spawn_file_actions_addopen: [["buffer", "i32", "buffer", "i32", "u32"], "i32"],
  posix_spawn_file_actions_adddup2: [["buffer", "i32", "i32"], "i32"],
  // Since version 2.29 of the GNU C library.
  posix_spawn_file_actions_addchdir_np: [["buffer", "buffer"], "i32"],
  posix_spawn_file_actions_destroy: [["buffer"], "i32"],
  __errno_location: [[], "pointer"],
} as const satisfies Record<string, Signature>;

/** At least the size of every structure here. V8 may move buffers of less than 65 bytes. */
export const STRUCTURE_BYTES = 512;

// Values for x86-64 and ARM64 (fcntl.h, spawn.h).
const O_CLOEXEC = 0o2000000;
const F_SETPIPE_SZ = 1031;
const POSIX_SPAWN_SETSIGDEF = 0x04;
const POSIX_SPAWN_SETSIGMASK = 0x08;
const POSIX_SPAWN_SETSID = 0x80;

const MOST_PREPARED = 64;
/**
 * Capacity of stdout: the default limit of an output, and the most that any user may set (pipe(7)). A command that prints no more
 * never waits for its reader. Where the kernel refuses, the pipe has 64 KiB.
 */
const STDOUT_BYTES = 1024 * 1024;

/** posix_spawn(3). It doesn't copy the memory of this process as fork does. */
export function createSpawn(
  calls: Calls<keyof typeof SPAWN_SIGNATURES>,
  addressOf: (bytes: Uint8Array) => bigint,
  errno: () => number,
): Spawn {
  const attributes = Buffer.alloc(STRUCTURE_BYTES);
  calls.posix_spawnattr_init(attributes);
  calls.posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
  calls.posix_spawnattr_setsigdefault(attributes, Buffer.alloc(STRUCTURE_BYTES, 0xff));
  calls.posix_spawnattr_setsigmask(attributes, Buffer.alloc(STRUCTURE_BYTES));
  const numbers = Buffer.alloc(STRUCTURE_BYTES);

  /** The descriptors for reading and writing, both close-on-exec; or an error number. */
  function pipe(): readonly [number, number] | number {
    if (calls.pipe2(numbers, O_CLOEXEC) !== 0) return errno();
    return [numbers.readInt32LE(0), numbers.readInt32LE(4)];
  }

  /** File actions by directory and descriptors, which are the same in most runs. */
  const prepared = new Map<string, Uint8Array>();

  function actionsFor(stdout: number, stderr: number, directory: string): Uint8Array {
    const wanted = `${stdout} ${stderr} ${directory}`;
    const known = prepared.get(wanted);
    if (known) return known;
    if (prepared.size >= MOST_PREPARED) {
      for (const actions of prepared.values()) calls.posix_spawn_file_actions_destroy(actions);
      prepared.clear();
    }
    const actions = Buffer.alloc(STRUCTURE_BYTES);
    calls.posix_spawn_file_actions_init(actions);
    calls.posix_spawn_file_actions_addopen(actions, 0, Buffer.from("/dev/null\0"), 0, 0);
    calls.posix_spawn_file_actions_adddup2(actions, stdout, 1);
    calls.posix_spawn_file_actions_adddup2(actions, stderr, 2);
    calls.posix_spawn_file_actions_addchdir_np(actions, Buffer.from(`${directory}\0`));
    prepared.set(wanted, actions);
    return actions;
  }

  /** Pointers to the words of the last spawn. Reused, since an allocation outside of V8's heap costs more than a spawn's other work. */
  let pointers = new BigUint64Array(STRUCTURE_BYTES);

  /** The pid, or a negative error number. */
  function execute(actions: Uint8Array, argv: readonly string[], variables: readonly string[]): number {
    const strings = Buffer.from(`${[...argv, ...variables].join("\0")}\0`);
    // One array of pointers for argv and the environment, each terminated by a null pointer.
    const count = argv.length + variables.length + 2;
    if (count > pointers.length) pointers = new BigUint64Array(2 * count);
    let address = addressOf(strings);
    let index = 0;
    for (const words of [argv, variables]) {
      for (const word of words) {
        pointers[index++] = address;
        address += BigInt(Buffer.byteLength(word) + 1);
      }
      pointers[index++] = 0n;
    }
    const environment = pointers.subarray(argv.length + 1);
    const error = calls.posix_spawn(numbers, strings, actions, attributes, pointers, environment);
    return error === 0 ? numbers.readInt32LE() : -Number(error);
  }

  /** Runs a file without an executable format by the shell, as execvp(3) does. */
  function executeOrShell(actions: Uint8Array, argv: readonly string[], variables: readonly string[]): number {
    const pid = execute(actions, argv, variables);
    return pid === -constants.errno.ENOEXEC ? execute(actions, ["/bin/sh", ...argv], variables) : pid;
  }

  return (argv, environment, directory) => {
    const stdout = pipe();
    if (typeof stdout === "number") return getSystemErrorName(-stdout);
    const stderr = pipe();
    if (typeof stderr === "number") {
      stdout.forEach(closeSync);
      return getSystemErrorName(-stderr);
    }
    calls.fcntl(stdout[0], F_SETPIPE_SZ, STDOUT_BYTES);
    const variables = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
    const actions = actionsFor(stdout[1], stderr[1], directory);
    const pid = executeOrShell(actions, argv, variables);
    for (const [, writing] of [stdout, stderr]) closeSync(writing);
    if (pid > 0) return { pid, stdout: stdout[0], stderr: stderr[0] };
    for (const [reading] of [stdout, stderr]) closeSync(reading);
    return getSystemErrorName(pid);
  };
}
