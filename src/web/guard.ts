import type { IncomingMessage, ServerResponse } from "node:http";
import type { WebConfig } from "../config/web_config.ts";
import { failure } from "./answer.ts";
import { type PasswordCheck, parseBasic } from "./basic_auth.ts";
import type { Handler } from "./listen.ts";

/** What stands before the handler of one listener. */
export type GuardOptions = {
  /** The configuration as it is now; undefined while the file is broken. */
  readonly config: () => WebConfig | undefined;
  /** Whether one more request may pass now. */
  readonly admit: () => boolean;
  readonly checkPassword: PasswordCheck;
  /** `/-/healthy` and `/-/ready` need no credentials. */
  readonly healthWithoutAuth: boolean;
};

const HEALTH_PATHS = new Set(["/-/healthy", "/-/ready"]);

/**
 * A handler that lets through what the web configuration allows, in the order of exporter-toolkit: a broken file is 500,
 * the rate limit 429, then the headers are set, then credentials are asked for (401).
 */
export function guard(handler: Handler, options: GuardOptions): Handler {
  return (request, response) => {
    const config = options.config();
    if (config === undefined) return refuse(response, 500, "Internal Server Error");
    if (!options.admit()) return refuse(response, 429, "Too Many Requests");
    for (const [name, value] of config.headers) response.setHeader(name, value);
    if (config.users.size === 0 || (options.healthWithoutAuth && asksForHealth(request)))
      return handler(request, response);
    void authenticate(request, response, config.users, options.checkPassword).then(
      (allowed) => allowed && !response.destroyed && handler(request, response),
    );
  };
}

/** Compared as it came: what a router might read in other ways needs credentials. */
function asksForHealth(request: IncomingMessage): boolean {
  return HEALTH_PATHS.has((request.url ?? "").split("?", 1)[0] ?? "");
}

/** Whether a request has the right credentials; if not, it is answered. */
async function authenticate(
  request: IncomingMessage,
  response: ServerResponse,
  users: ReadonlyMap<string, string>,
  check: PasswordCheck,
): Promise<boolean> {
  const credentials = parseBasic(request.headers.authorization);
  const verdict = credentials ? await check(users, credentials, request.socket.remoteAddress ?? "") : "wrong";
  if (verdict === "busy") {
    refuse(response, 503, "Too many passwords wait to be checked, try again later.", { "Retry-After": "1" });
  } else if (verdict === "wrong") {
    refuse(response, 401, "Unauthorized", { "WWW-Authenticate": "Basic" });
  }
  return verdict === "right";
}

function refuse(response: ServerResponse, status: number, message: string, headers: Record<string, string> = {}): void {
  if (response.destroyed) return;
  const answer = failure(status, message);
  response.writeHead(status, { ...answer.headers, ...headers, "Content-Length": Buffer.byteLength(answer.body) });
  response.end(answer.body);
}
