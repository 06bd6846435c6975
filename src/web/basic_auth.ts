import { createHmac, randomBytes } from "node:crypto";
import { compare } from "bcryptjs";

/** A user's name and password as a request tells them. */
export type Credentials = { readonly user: string; readonly password: string };

/** `busy`: too many passwords wait to be checked. */
export type Verdict = "right" | "wrong" | "busy";

/** Checks credentials against users and their bcrypt hashes; `peer` is the address that they came from. */
export type PasswordCheck = (
  users: ReadonlyMap<string, string>,
  credentials: Credentials,
  peer: string,
) => Promise<Verdict>;

const CACHED = 100;
const MAX_WAITING = 16;
const MAX_WAITING_OF_PEER = 4;

/** Credentials of an Authorization header (RFC 7617): scheme Basic, base64 of UTF-8, split at the first colon. */
export function parseBasic(header: string | undefined): Credentials | undefined {
  const encoded = /^basic ([A-Za-z0-9+/]+={0,2})$/i.exec(header ?? "")?.[1];
  if (encoded === undefined || encoded.length % 4 !== 0) return undefined;
  try {
    const decoded = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(Buffer.from(encoded, "base64"));
    const colon = decoded.indexOf(":");
    return colon < 0 ? undefined : { user: decoded.slice(0, colon), password: decoded.slice(colon + 1) };
  } catch {
    return undefined;
  }
}

/**
 * A check that costs one bcrypt for credentials that it doesn't know, whether the user exists or not, and a hash for
 * those that it does: right and wrong ones are remembered apart, at most 100 each, by a keyed hash and never as they are.
 * One bcrypt runs at a time, with a pause as long as itself, so that guessing takes at most half of the processor;
 * at most 16 wait, 4 of one peer.
 */
export function createPasswordCheck(): PasswordCheck {
  const secret = randomBytes(32);
  const right = createMemory();
  const wrong = createMemory();
  const underway = new Map<string, Promise<Verdict>>();
  const queue = createQueue();
  return (users, { user, password }, peer) => {
    const known = users.get(user);
    const hash = known ?? standIn(users, digest(secret, [user]));
    if (hash === undefined) return Promise.resolve("wrong");
    // Whether the user is known is part of it: a name that was taken away may stand in for itself.
    const key = digest(secret, [user, known ?? "", hash, password]);
    if (right.has(key)) return Promise.resolve("right");
    if (wrong.has(key)) return Promise.resolve("wrong");
    const running = underway.get(key);
    if (running !== undefined) return running;
    const verdict = queue(peer, async (): Promise<Verdict> => {
      const matches = (await compare(password, hash)) && known !== undefined;
      (matches ? right : wrong).add(key);
      return matches ? "right" : "wrong";
    }).finally(() => underway.delete(key));
    underway.set(key, verdict);
    return verdict;
  };
}

function digest(secret: Uint8Array, parts: readonly string[]): string {
  return createHmac("sha256", secret).update(JSON.stringify(parts)).digest("base64");
}

/** The hash of some user, always the same one for a name: checking it takes as long as checking a real user's. */
function standIn(users: ReadonlyMap<string, string>, name: string): string | undefined {
  const hashes = [...users.values()];
  return hashes[Buffer.from(name, "base64").readUInt32BE() % hashes.length];
}

type Memory = { readonly has: (key: string) => boolean; readonly add: (key: string) => void };

/** Remembers the latest. */
function createMemory(): Memory {
  const keys = new Set<string>();
  return {
    has: (key) => keys.has(key),
    add(key) {
      const [oldest = ""] = keys;
      if (keys.size >= CACHED) keys.delete(oldest);
      keys.add(key);
    },
  };
}

type Job = { readonly peer: string; readonly run: () => Promise<Verdict>; readonly settle: (verdict: Verdict) => void };

function createQueue(): (peer: string, run: () => Promise<Verdict>) => Promise<Verdict> {
  const jobs: Job[] = [];
  let working = false;
  async function work(): Promise<void> {
    working = true;
    for (let job = jobs.shift(); job !== undefined; job = jobs.shift()) {
      const began = performance.now();
      job.settle(await job.run().catch(() => "wrong" as const));
      const spentMs = performance.now() - began;
      await new Promise((resolve) => setTimeout(resolve, spentMs));
    }
    working = false;
  }
  return (peer, run) =>
    new Promise((settle) => {
      const ofPeer = jobs.filter((job) => job.peer === peer).length;
      if (jobs.length >= MAX_WAITING || ofPeer >= MAX_WAITING_OF_PEER) return settle("busy");
      jobs.push({ peer, run, settle });
      if (!working) void work();
    });
}
