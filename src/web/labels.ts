import type { IncomingMessage, ServerResponse } from "node:http";
import type { Instruments, RequestLabels } from "../exposition/instruments.ts";

/** Observes requests for the metrics about the exporter. */
export type RequestObserver = Pick<Instruments, "requestStarted" | "requestEnded">;

/** Sets the route of a request: its name, never the raw path. */
export type Reached = (route: string) => void;

/** Reports a request and its answer to an observer. Without a route, the endpoint is "other". */
export function observe(request: IncomingMessage, response: ServerResponse, observer: RequestObserver): Reached {
  const began = performance.now();
  // With HTTP/2 they aren't available after the connection has ended.
  const labels = requestLabels(request, "other");
  let endpoint = labels.endpoint;
  observer.requestStarted();
  response.once("close", () => {
    const response_code = String(response.statusCode);
    observer.requestEnded({ ...labels, endpoint, response_code }, (performance.now() - began) / 1000);
  });
  return (route) => {
    endpoint = route;
  };
}

const METHODS = new Set(["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"]);

/** The labels of a request to a route, without its status. */
export function requestLabels(request: IncomingMessage, endpoint: string): Omit<RequestLabels, "response_code"> {
  const method = request.method ?? "";
  return {
    method: METHODS.has(method) ? method : "other",
    endpoint,
    client_type: clientType(request.headers["user-agent"]),
  };
}

/** The type of client by User-Agent. All browsers call themselves Mozilla. */
export function clientType(userAgent = ""): "prometheus" | "browser" | "curl" | "other" {
  if (/^prometheus\//i.test(userAgent)) return "prometheus";
  if (/^curl\//i.test(userAgent)) return "curl";
  return /^mozilla\//i.test(userAgent) ? "browser" : "other";
}
