import type { Batch } from "./batch.ts";

/** One request, whole. */
export type Request = {
  readonly method: "POST" | "PUT" | "DELETE";
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
};

/** An answer. */
export type Reply = {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** The beginning of its body. */
  readonly body: Uint8Array;
};

/** What an answer means for the batch that was sent. */
export type Verdict =
  /** It is stored, but for so many samples, which never will be. */
  | { readonly kind: "stored"; readonly dropped: number; readonly reason: string }
  /** Nothing is known to be stored; it may be after `afterMs` (undefined: soon). */
  | { readonly kind: "later"; readonly reason: string; readonly afterMs: number | undefined }
  /** It will never be stored, but for so many samples which are. */
  | { readonly kind: "refused"; readonly reason: string; readonly stored: number }
  /** Nothing is stored since it was too much for one request; less of it may be. */
  | { readonly kind: "smaller"; readonly reason: string }
  /** Nothing is stored; the protocol now encodes in another way that may be. */
  | { readonly kind: "again"; readonly reason: string };

/** How batches become requests of a protocol, and what its answers mean. */
export type Protocol = {
  readonly encode: (batch: Batch) => Request | Promise<Request>;
  /** @param samples how many were sent. */
  readonly judge: (reply: Reply, samples: number) => Verdict;
  /** What has more samples is sent in several requests. Undefined: in one, whatever it has. */
  readonly maxSamples?: number;
  /** Whether the time of a batch is sent with it. Where it isn't, only the latest one is of any use. */
  readonly keepsTime: boolean;
  /** What is sent once nothing more is pushed. */
  readonly farewell?: Request;
};

/** All of it is stored. */
export const STORED: Verdict = { kind: "stored", dropped: 0, reason: "" };

/** Longer than this nobody is told to wait. */
const MAX_WAIT_MS = 3_600_000;

/** The wait that Retry-After asks for, in seconds or as a date (RFC 9110, section 10.2.3); undefined without one that can be read. */
export function retryAfterMs({ headers }: Reply, nowMs: number): number | undefined {
  const text = String(headers["retry-after"] ?? "").trim();
  const waitMs = /^\d{1,9}$/.test(text) ? Number(text) * 1000 : Date.parse(text) - nowMs;
  return Number.isNaN(waitMs) ? undefined : Math.min(Math.max(waitMs, 0), MAX_WAIT_MS);
}

/** What is said besides where a server knows nothing at its root, and `--push.url` has no path. @param path the usual one. */
export function pathHint({ status }: Reply, url: URL, path: string): string {
  if (url.pathname !== "/" || ![404, 405].includes(status)) return "";
  return `; --push.url has no path, wanted the whole URL, like ${url.origin}${path}`;
}

const SHOWN_CHARACTERS = 1000;

/** A refusal in one line: the status, where it points to, and what the server said. */
export function replyText({ status, headers, body }: Reply): string {
  const said = new TextDecoder()
    .decode(body.subarray(0, 4 * SHOWN_CHARACTERS))
    .trim()
    .replace(/\s+/g, " ");
  const target = headers.location === undefined ? "" : `, which points to ${JSON.stringify(String(headers.location))}`;
  const cut = said.length > SHOWN_CHARACTERS ? `${said.slice(0, SHOWN_CHARACTERS).toWellFormed()}…` : said;
  return `server answered ${status}${target}${cut === "" ? "" : `: ${cut}`}`;
}
