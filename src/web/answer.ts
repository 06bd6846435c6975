import type { IncomingMessage } from "node:http";

/** A whole answer, apart from what all answers share. */
export type Answer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | string;
};

/** An error, as Go's http.Error writes it. */
export function failure(status: number, message: string): Answer {
  const headers = { "Content-Type": "text/plain; charset=utf-8", "X-Content-Type-Options": "nosniff" };
  return { status, headers, body: `${message}\n` };
}

/** A line of plain text. */
export function plain(status: number, message: string): Answer {
  return { status, headers: { "Content-Type": "text/plain; charset=utf-8" }, body: `${message}\n` };
}

/** A page for browsers, with nothing in it that runs or comes from elsewhere. */
export function page(html: string): Answer {
  const headers = {
    "Content-Type": "text/html; charset=utf-8",
    "Content-Security-Policy":
      "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
  };
  return { status: 200, headers, body: html };
}

/** What answers the requests for one path. */
export type Route = {
  readonly methods: readonly string[];
  /** @param gone is aborted when the answer is sent or its client has gone away. */
  readonly answer: (request: IncomingMessage, query: URLSearchParams, gone: AbortSignal) => Promise<Answer>;
};

/** The methods of what is only read. */
export const READ: readonly string[] = ["GET", "HEAD"];
