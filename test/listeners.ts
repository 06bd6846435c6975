import type { Log } from "../src/log.ts";
import type { Handler } from "../src/web/handler.ts";
import { type Listener, type ListenOptions, listen } from "../src/web/listen.ts";

/** A line of a log: its level, its message, its fields. */
export type Logged = readonly [level: string, message: string, fields: Readonly<Record<string, unknown>>];

/** A log that keeps what it is told. */
export function keptLog(): { readonly log: Log; readonly lines: Logged[] } {
  const lines: Logged[] = [];
  const at =
    (level: string) =>
    (message: string, fields: object = {}) =>
      void lines.push([level, message, { ...fields }]);
  return { log: { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") }, lines };
}

export type Served = {
  readonly listeners: readonly Listener[];
  /** `host:port` of the first listener. */
  readonly address: string;
  readonly lines: Logged[];
};

/** Counts nothing. */
export const UNOBSERVED = { requestStarted() {}, requestEnded() {} };

/** Answers every request with `ok` and its path. */
export const answerOk: Handler = (request, response) => {
  response.setHeader("Content-Type", "text/plain");
  response.end(`ok ${request.url}\n`);
};

/** Listens, by default on a free port of 127.0.0.1, runs `use`, and closes everything. */
export async function withListeners<T>(
  options: Partial<ListenOptions>,
  use: (served: Served) => Promise<T>,
  handler: Handler = answerOk,
): Promise<T> {
  const { log, lines } = keptLog();
  const listeners = await listen({ observer: UNOBSERVED, addresses: ["127.0.0.1:0"], ...options }, handler, log);
  try {
    return await use({ listeners, address: listeners[0]?.address ?? "", lines });
  } finally {
    const closed = Promise.all(listeners.map((listener) => listener.close()));
    for (const listener of listeners) listener.closeAll();
    await closed;
  }
}
