// Protects against access without a password, also while the web configuration is invalid, and against too many requests.
// Tested by test/web/guard.test.ts.

import type { IncomingMessage, ServerResponse } from "node:http";
import type { WebConfig } from "../config/web_config.ts";
import { failure } from "./answer.ts";
import { type PasswordCheck, parseBasic } from "./basic_auth.ts";
import type { Handler } from "./handler.ts";

/** Checks before the handler of one listener. */
export type GuardOptions = {
  /** The current configuration; undefined while the file is invalid. Never rejects. */
  readonly config: () => Promise<WebConfig | undefined>;
  /** The rate limit: whether one more request is allowed now. */
  readonly admit: () => boolean;
  readonly checkPassword: PasswordCheck;
  /** Paths that need no credentials. They are compared without decoding. */
  readonly freePaths: readonly string[];
};

/**
 * Wraps a handler with the checks of the web configuration, in the order of exporter-toolkit: 500 for an invalid file, 429 for the
 * rate limit, then the headers are set, then 401 for missing or wrong credentials.
 */
export function guard(handler: Handler, options: GuardOptions): Handler {
  return (request, response, reached) => {
    // Not available anymore when the connection has ended.
    const peer = request.socket.remoteAddress ?? "";
    void admit(request, response, options, peer).then(
      (admitted) => admitted && !response.destroyed && handler(request, response, reached),
    );
  };
}

/** Whether a request is allowed. If not, it is answered. */
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

/** Not decoded, so that paths with another encoding always need credentials. */
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
