import type { IncomingMessage, ServerResponse } from "node:http";

/** Labels of a request: each from a small fixed set, whatever the client sends. */
export type RequestLabels = {
  readonly method: string;
  readonly endpoint: string;
  readonly response_code: string;
  readonly client_type: string;
};

/** Told of requests, for the self metrics. */
export type RequestObserver = {
  readonly requestStarted: () => void;
  readonly requestEnded: (labels: RequestLabels, seconds: number) => void;
};

/** Tells which route a request has reached: by its name, never by the raw path. */
export type Reached = (route: string) => void;

/** Tells an observer of a request that begins, and of its answer. One that reaches no route has the endpoint "other". */
export function observe(request: IncomingMessage, response: ServerResponse, observer: RequestObserver): Reached {
  const began = performance.now();
  // Taken now: when a connection has ended, HTTP/2 has forgotten them.
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
