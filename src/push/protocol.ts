import type { Batch } from "./batch.ts";

/** A complete request. */
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

/** The meaning of an answer for the batch that was sent. */
export type Verdict =
  /** Stored, except for a number of samples that are lost. */
  | { readonly kind: "stored"; readonly dropped: number; readonly reason: string }
  /** Not stored. Retry after `afterMs`, or soon if undefined. */
  | { readonly kind: "later"; readonly reason: string; readonly afterMs: number | undefined }
  /** Refused, except for a number of samples that are stored. */
  | { readonly kind: "refused"; readonly reason: string; readonly stored: number }
  /** Not stored, since the request was too large. Retry with a part of it. */
  | { readonly kind: "smaller"; readonly reason: string }
  /** Not stored. Retry, since the protocol will now encode it differently. */
  | { readonly kind: "again"; readonly reason: string };

/** A protocol: how batches are encoded to requests, and what its answers mean. */
export type Protocol = {
  readonly encode: (batch: Batch) => Request | Promise<Request>;
  /** @param samples number of samples in the request */
  readonly judge: (reply: Reply, samples: number) => Verdict;
  /** Maximum number of samples in a request. Undefined means no limit. */
  readonly maxSamples?: number;
  /** Whether timestamps are sent. If not, only the latest batch is useful. */
  readonly keepsTime: boolean;
  /** A request that is sent after the last push. */
  readonly farewell?: Request;
};

/** All samples are stored. */
export const STORED: Verdict = { kind: "stored", dropped: 0, reason: "" };

/** Maximum wait after Retry-After. */
const MAX_WAIT_MS = 3_600_000;

/** The wait of Retry-After, in seconds or as a date (RFC 9110, section 10.2.3). Undefined if there is none, or it is invalid or over. */
export function retryAfterMs({ headers }: Reply, nowMs: number): number | undefined {
  const text = String(headers["retry-after"] ?? "").trim();
  const waitMs = /^\d{1,9}$/.test(text) ? Number(text) * 1000 : Date.parse(text) - nowMs;
  return waitMs > 0 ? Math.min(waitMs, MAX_WAIT_MS) : undefined;
}

/** The verdict on a batch that wasn't stored. @param isLater whether a retry may succeed */
export function notStored(reply: Reply, reason: string, isLater: boolean): Verdict {
  return isLater
    ? { kind: "later", reason, afterMs: retryAfterMs(reply, Date.now()) }
    : { kind: "refused", reason, stored: 0 };
}

/** A hint for a 404 if `--push.url` has no path. @param path the default path of the protocol. */
export function pathHint({ status }: Reply, url: URL, path: string): string {
  if (url.pathname !== "/" || ![404, 405].includes(status)) return "";
  return `; --push.url has no path, wanted the whole URL, like ${url.origin}${path}`;
}

const SHOWN_CHARACTERS = 1000;

/** An answer in one line: status, target of a redirect, and the server's message. */
export function replyText({ status, headers, body }: Reply): string {
  const said = new TextDecoder()
    .decode(body.subarray(0, 4 * SHOWN_CHARACTERS))
    .trim()
    .replace(/\s+/g, " ");
  const target = headers.location === undefined ? "" : `, which points to ${JSON.stringify(String(headers.location))}`;
  const cut = said.length > SHOWN_CHARACTERS ? `${said.slice(0, SHOWN_CHARACTERS).toWellFormed()}…` : said;
  return `server answered ${status}${target}${cut === "" ? "" : `: ${cut}`}`;
}
