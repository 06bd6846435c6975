import type { IncomingMessage } from "node:http";

/** A complete answer, without the headers that all answers have. */
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

const CLOSED = "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** Headers of a page with external style sheet and scripts: nothing inline, nothing from other hosts. */
export const PAGE_HEADERS: Answer["headers"] = {
  "Content-Type": "text/html; charset=utf-8",
  "Content-Security-Policy": `default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; require-trusted-types-for 'script'; ${CLOSED}`,
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "no-referrer",
};

/** A page for browsers. */
export function page(html: string): Answer {
  return { status: 200, headers: PAGE_HEADERS, body: html };
}

/** A page with inline style and without scripts. */
export function plainPage(html: string): Answer {
  const policy = `default-src 'none'; style-src 'unsafe-inline'; ${CLOSED}`;
  return { status: 200, headers: { ...PAGE_HEADERS, "Content-Security-Policy": policy }, body: html };
}

/** The value of a header. Several values are joined. */
export function headerText({ headers }: IncomingMessage, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value.join(",") : value;
}

/** Host and port of a request, in HTTP/1 or HTTP/2; empty if there is none. */
export function hostOf({ headers }: IncomingMessage): string {
  return headers.host ?? String(headers[":authority"] ?? "");
}

/** The handler of one path. */
export type Route = {
  readonly methods: readonly string[];
  /** The label `endpoint` in metrics, if it isn't the path. */
  readonly name?: string;
  /** @param gone is aborted when the answer was sent or the client has disconnected. */
  readonly answer: (request: IncomingMessage, query: URLSearchParams, gone: AbortSignal) => Promise<Answer>;
};

/** A read-only route. */
export function reading(answer: Route["answer"]): Route {
  return { methods: ["GET", "HEAD"], answer };
}

/** A redirect. */
export function redirecting(status: 301 | 302, location: string): Route {
  return reading(async () => ({ status, headers: { Location: location }, body: "" }));
}
