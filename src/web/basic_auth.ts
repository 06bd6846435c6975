import { createHmac, randomBytes } from "node:crypto";
import { compare } from "bcryptjs";

/** User name and password of a request. */
export type Credentials = { readonly user: string; readonly password: string };

/** `busy` means that too many passwords are waiting to be checked. */
export type Verdict = "right" | "wrong" | "busy";

/** Checks credentials against users and their bcrypt hashes. `peer` is the address of the client. */
export type PasswordCheck = (
  users: ReadonlyMap<string, string>,
  credentials: Credentials,
  peer: string,
) => Promise<Verdict>;

const CACHED = 100;
const MAX_WAITING = 16;
const MAX_WAITING_OF_PEER = 4;

/** The credentials of an Authorization header in the scheme Basic (RFC 7617), decoded as UTF-8. */
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
 * A check with a cache of the latest right and wrong credentials, at most 100 each. The cache has keyed hashes only, never
 * passwords. Other credentials take one bcrypt, whether the user exists or not. One bcrypt runs at a time, followed by a pause of
 * the same length, so guessing passwords takes at most half of a CPU. At most 16 checks wait, 4 of one peer.
 */
export function createPasswordCheck(): PasswordCheck {
  const secret = randomBytes(32);
  const right = createCache();
  const wrong = createCache();
  const underway = new Map<string, Promise<Verdict>>();
  const queue = createQueue();
  return (users, { user, password }, peer) => {
    const known = users.get(user);
    const hash = known ?? dummyHash(users, digest(secret, [user]));
    if (hash === undefined) return Promise.resolve("wrong");
    // `known` is part of the key: the dummy hash of a removed user may be the hash that the user had.
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

/** A dummy hash for an unknown user: that of another user, always the same one, so that the check takes the same time. */
function dummyHash(users: ReadonlyMap<string, string>, name: string): string | undefined {
  const hashes = [...users.values()];
  return hashes[Buffer.from(name, "base64").readUInt32BE() % hashes.length];
}

type Cache = { readonly has: (key: string) => boolean; readonly add: (key: string) => void };

/** Keeps the latest keys. */
function createCache(): Cache {
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
