import type { IncomingMessage, ServerResponse } from "node:http";
import type { Collector } from "../collect/collect.ts";
import { compress, offeredEncodings } from "../exposition/compress.ts";
import { encode } from "../exposition/encode.ts";
import { acceptedEncoding, negotiate } from "../exposition/negotiate.ts";
import type { Log } from "../log.ts";
import type { Family } from "../metric.ts";
import { type RequestLabels, requestLabels } from "./labels.ts";
import type { Handler } from "./listen.ts";
import { landingPage } from "./page/landing.ts";

/** What the routes need; all of it is decided before the first request. */
export type AppOptions = {
  readonly collector: Collector;
  readonly telemetryPath: string;
  /** Scrapes in flight; more get 503. 0 is no limit. */
  readonly maxRequests: number;
  /** Taken off the scraper's own deadline. */
  readonly timeoutOffsetMs: number;
  /** Families that every page has besides the collection's: build info, and the self metrics where they are wanted. */
  readonly selfFamilies: () => Promise<readonly Family[]>;
  readonly observer: Observer;
  /** Version line of the landing page. */
  readonly version: string;
  readonly log: Log;
};

/** Told of requests and scrapes, for the self metrics. */
export type Observer = {
  readonly requestStarted: () => void;
  readonly requestEnded: (labels: RequestLabels, seconds: number) => void;
  readonly scrapeStarted: () => void;
  readonly scrapeEnded: (code: "200" | "500" | "503") => void;
};

/** A whole answer, apart from what all answers share. */
type Answer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | string;
};

type Route = {
  readonly methods: readonly string[];
  readonly answer: (request: IncomingMessage, query: URLSearchParams) => Promise<Answer>;
};

const READ = ["GET", "HEAD"] as const;
const PAGE_HEADERS = {
  "Content-Type": "text/html; charset=utf-8",
  "Content-Security-Policy":
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "no-referrer",
};

/** The handler of all requests: routes, statuses, and what is told of them. It never throws and always answers. */
export function createApp(options: AppOptions): Handler {
  const routes = createRoutes(options);
  return (request, response) => {
    const began = performance.now();
    const target = parseTarget(request.url ?? "/");
    const route = target && routes.get(target.path);
    const labels = requestLabels(request, route && target ? target.path : "other");
    options.observer.requestStarted();
    response.once("close", () => {
      const code = String(response.statusCode);
      options.observer.requestEnded({ ...labels, response_code: code }, (performance.now() - began) / 1000);
    });
    answer(request, route, target?.query)
      .catch((error: unknown) => {
        options.log.error("Request failed", {
          stack: error instanceof Error ? (error.stack ?? error.message) : String(error),
        });
        return failure(500, "Internal Server Error");
      })
      .then((sent) => send(request, response, sent));
  };
}

async function answer(
  request: IncomingMessage,
  route: Route | undefined,
  query = new URLSearchParams(),
): Promise<Answer> {
  if (route === undefined) return failure(404, "404 page not found");
  if (!route.methods.includes(request.method ?? "")) {
    const refused = failure(405, "Method Not Allowed");
    return { ...refused, headers: { ...refused.headers, Allow: route.methods.join(", ") } };
  }
  return route.answer(request, query);
}

function send(request: IncomingMessage, response: ServerResponse, { status, headers, body }: Answer): void {
  if (response.destroyed) return;
  response.writeHead(status, { ...headers, "Content-Length": Buffer.byteLength(body) });
  response.end(request.method === "HEAD" ? undefined : body);
}

/** Path and query of a request target in origin or absolute form; undefined for others. */
function parseTarget(target: string): { path: string; query: URLSearchParams } | undefined {
  const origin = /^https?:\/\/[^/?#]*/i.exec(target)?.[0] ?? "";
  const local = target.slice(origin.length);
  if (origin === "" && !local.startsWith("/")) return undefined;
  const [path = "", query = ""] = splitOnce(local.split("#", 1)[0] ?? "", "?");
  return { path: path === "" ? "/" : path, query: new URLSearchParams(query) };
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + separator.length)];
}

/** An error as Go's http.Error writes it. */
function failure(status: number, message: string): Answer {
  const headers = { "Content-Type": "text/plain; charset=utf-8", "X-Content-Type-Options": "nosniff" };
  return { status, headers, body: `${message}\n` };
}

function plain(status: number, message: string): Answer {
  return { status, headers: { "Content-Type": "text/plain; charset=utf-8" }, body: `${message}\n` };
}

function createRoutes(options: AppOptions): ReadonlyMap<string, Route> {
  const { collector, telemetryPath, version } = options;
  const page = landingPage({ version, telemetryPath });
  const routes = new Map<string, Route>([
    ["/", { methods: READ, answer: async () => ({ status: 200, headers: PAGE_HEADERS, body: page }) }],
    ["/-/healthy", { methods: READ, answer: async () => plain(200, "memory_exporter is Healthy.") }],
    [
      "/-/ready",
      {
        methods: READ,
        answer: async () =>
          collector.ready() ? plain(200, "memory_exporter is Ready.") : plain(503, "memory_exporter is not Ready."),
      },
    ],
  ]);
  routes.set(telemetryPath, { methods: READ, answer: createScrape(options) });
  return routes;
}

/** The answer of the telemetry path: runs what was asked for and writes it as the scraper wants it. */
function createScrape(options: AppOptions): Route["answer"] {
  const { collector, maxRequests, observer, log } = options;
  let inFlight = 0;
  return async (request, query) => {
    const selected = selectNames(collector.names, query);
    if (typeof selected === "string") return failure(400, selected);
    if (maxRequests > 0 && inFlight >= maxRequests) {
      observer.scrapeEnded("503");
      return failure(503, `Limit of concurrent requests reached (${maxRequests}), try again later.`);
    }
    inFlight += 1;
    observer.scrapeStarted();
    try {
      const page = await scrapePage(options, request, selected);
      observer.scrapeEnded("200");
      return page;
    } catch (error) {
      log.error("Scrape failed", { stack: error instanceof Error ? (error.stack ?? error.message) : String(error) });
      observer.scrapeEnded("500");
      return failure(500, "An error has occurred while serving metrics, see the log.");
    } finally {
      inFlight -= 1;
    }
  };
}

async function scrapePage(options: AppOptions, request: IncomingMessage, names: readonly string[]): Promise<Answer> {
  const deadlineMs = scrapeDeadlineMs(request, options);
  // The self metrics are gathered while the command runs.
  const running = options.collector.collect({ ...(deadlineMs !== undefined && { deadlineMs }), names });
  const [collection, self] = await Promise.all([running, options.selfFamilies()]);
  const { format, contentType } = negotiate(headerText(request, "accept"));
  const encoding = acceptedEncoding(headerText(request, "accept-encoding"), offeredEncodings());
  const text = await encode([...collection.families, ...self], format);
  return {
    status: 200,
    headers: {
      "Content-Type": contentType,
      Vary: "Accept, Accept-Encoding",
      ...(encoding !== "identity" && { "Content-Encoding": encoding }),
    },
    body: await compress(text, encoding),
  };
}

function headerText(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value.join(",") : value;
}

const TIMEOUT_HEADER = "x-prometheus-scrape-timeout-seconds";
/** What a scraper that wants its answer at once gets at least: never nothing, never no limit. */
const SHORTEST_DEADLINE_MS = 10;

/** What the scraper's own deadline leaves for the run; undefined without the header. */
function scrapeDeadlineMs(request: IncomingMessage, { timeoutOffsetMs, log }: AppOptions): number | undefined {
  const text = headerText(request, TIMEOUT_HEADER);
  if (text === undefined) return undefined;
  if (!/^\d{1,9}(\.\d{1,18})?$/.test(text) || Number(text) === 0) {
    log.debug("Ignoring malformed header", { header: TIMEOUT_HEADER, value: text.slice(0, 100) });
    return undefined;
  }
  return Math.max(SHORTEST_DEADLINE_MS, Number(text) * 1000 - timeoutOffsetMs);
}

/** The commands that `collect[]` and `exclude[]` select, or what is wrong with them. */
function selectNames(all: readonly string[], query: URLSearchParams): readonly string[] | string {
  const wanted = query.getAll("collect[]");
  const unwanted = query.getAll("exclude[]");
  if (wanted.length > 0 && unwanted.length > 0) return "Combined collect and exclude queries are not allowed.";
  const unknown = [...wanted, ...unwanted].find((name) => !all.includes(name));
  if (unknown !== undefined) return `Unknown command ${JSON.stringify(unknown.slice(0, 100))}.`;
  return all.filter((name) => (wanted.length > 0 ? wanted.includes(name) : !unwanted.includes(name)));
}
