// Against reading without a password, a broken web configuration that lets everybody in, and floods of requests.
// Shown by test/web/guard.test.ts.

import type { IncomingMessage, ServerResponse } from "node:http";
import type { WebConfig } from "../config/web_config.ts";
import { failure } from "./answer.ts";
import { type PasswordCheck, parseBasic } from "./basic_auth.ts";
import type { Handler } from "./handler.ts";

/** What stands before the handler of one listener. */
export type GuardOptions = {
  /** The configuration as it is now; undefined while the file is broken. Never rejects. */
  readonly config: () => Promise<WebConfig | undefined>;
  /** Whether one more request may pass now. */
  readonly admit: () => boolean;
  readonly checkPassword: PasswordCheck;
  /** Paths that need no credentials, compared as they came. */
  readonly freePaths: readonly string[];
};

/**
 * A handler that lets through what the web configuration allows, in the order of exporter-toolkit: a broken file is 500,
 * the rate limit 429, then the headers are set, then credentials are asked for (401).
 */
export function guard(handler: Handler, options: GuardOptions): Handler {
  return (request, response, reached) => {
    // Asked for now: a connection that has ended doesn't know it.
    const peer = request.socket.remoteAddress ?? "";
    void admit(request, response, options, peer).then(
      (admitted) => admitted && !response.destroyed && handler(request, response, reached),
    );
  };
}

/** Whether a request may pass; if not, it is answered. */
async function admit(
  request: IncomingMessage,
  response: ServerResponse,
  options: GuardOptions,
  peer: string,
): Promise<boolean> {
  const config = await options.config();
  if (config === undefined) return refuse(response, 500, "Internal Server Error");
  if (!options.admit()) return refuse(response, 429, "Too Many Requests");
  if (response.destroyed) return false;
  for (const [name, value] of config.headers) response.setHeader(name, value);
  if (config.users.size === 0 || options.freePaths.includes(pathOf(request))) return true;
  const credentials = parseBasic(request.headers.authorization);
  const verdict = credentials ? await options.checkPassword(config.users, credentials, peer) : "wrong";
  switch (verdict) {
    case "right":
      return true;
    case "wrong":
      return refuse(response, 401, "Unauthorized", { "WWW-Authenticate": "Basic" });
    case "busy":
      return refuse(response, 503, "Too many passwords wait to be checked, try again later.", { "Retry-After": "1" });
  }
}

/** As it came: what a router might read in other ways needs credentials. */
function pathOf(request: IncomingMessage): string {
  return (request.url ?? "").split("?", 1)[0] ?? "";
}

function refuse(
  response: ServerResponse,
  status: number,
  message: string,
  headers: Record<string, string> = {},
): false {
  if (response.destroyed) return false;
  const answer = failure(status, message);
  response.writeHead(status, { ...answer.headers, ...headers, "Content-Length": Buffer.byteLength(answer.body) });
  response.end(answer.body);
  return false;
}
