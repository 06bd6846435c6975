import type { IncomingMessage } from "node:http";

/** Labels of a request: each from a small fixed set, whatever the client sends. */
export type RequestLabels = {
  readonly method: string;
  readonly endpoint: string;
  readonly response_code: string;
  readonly client_type: string;
};

const METHODS = new Set(["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"]);

/** The labels of a request to a route, without its status. The route is ours, never the raw path. */
export function requestLabels(request: IncomingMessage, endpoint: string): Omit<RequestLabels, "response_code"> {
  const method = request.method ?? "";
  return {
    method: METHODS.has(method) ? method : "other",
    endpoint,
    client_type: clientType(request.headers["user-agent"]),
  };
}

/** Who asks, by its User-Agent: browsers all call themselves Mozilla. */
export function clientType(userAgent = ""): "prometheus" | "browser" | "curl" | "other" {
  if (/^prometheus\//i.test(userAgent)) return "prometheus";
  if (/^curl\//i.test(userAgent)) return "curl";
  return /^mozilla\//i.test(userAgent) ? "browser" : "other";
}
