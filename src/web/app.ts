import type { IncomingMessage, ServerResponse } from "node:http";
import type { History } from "../gather/history.ts";
import { stackOf } from "../system_error.ts";
import { type Answer, failure, hostOf, plain, plainPage, type Route, reading, redirecting } from "./answer.ts";
import { debugRoutes } from "./debug/routes.ts";
import { createDiscovery, DISCOVERY_PATH, type External } from "./discovery.ts";
import type { Handler } from "./handler.ts";
import { assetRoutes } from "./page/assets.ts";
import { landingPage } from "./page/landing.ts";
import { liveRoutes } from "./page/routes.ts";
import { type Commands, createProbe } from "./probe.ts";
import { createScrape, type ScrapeOptions } from "./scrape.ts";

/** What the routes need. */
export type AppOptions = ScrapeOptions & {
  readonly telemetryPath: string;
  /** Prefix of all paths: empty, or like `/memory`. */
  readonly routePrefix: string;
  /** The external URL: `https://example.org` and `/memory`. */
  readonly external: External | undefined;
  /** Reloads the configuration. Resolves to an error message if it is invalid, and to undefined otherwise. */
  readonly reload: () => Promise<string | undefined>;
  /** The commands that /probe takes parameters for. */
  readonly commands: Commands;
  /** Version line of the page at `/`. */
  readonly version: string;
  readonly host: string;
  /** Prefix of all memory metrics. */
  readonly namespace: string;
  /** Data of the live page. If it is undefined, the plain page is served at `/`. */
  readonly history: History | undefined;
  /** Whether /debug/ is served. */
  readonly debug: boolean;
  /** Whether /debug/commands shows what commands wrote to stderr. */
  readonly debugStderr: boolean;
};

/** The handler of all allowed requests. It never throws and always answers. */
export function createApp(options: AppOptions): Handler {
  const routes = createRoutes(options);
  const { routePrefix } = options;
  // Redirects to the prefix, as Prometheus does.
  const toPrefix = redirecting(302, `${routePrefix}/`);
  return (request, response, reached) => {
    const target = parseTarget(request.url ?? "/");
    const path = target && withoutPrefix(target.path, routePrefix);
    const isAbove = path === undefined && (target?.path === "/" || target?.path === routePrefix);
    const route = isAbove ? toPrefix : path === undefined ? undefined : routes.get(path);
    if (route) reached(route.name ?? path ?? "/");
    const gone = new AbortController();
    response.once("close", () => gone.abort("closed"));
    answer(request, route, gone.signal, target?.query)
      .catch((error: unknown) => {
        options.log.error("Request failed", { stack: stackOf(error) });
        return failure(500, "Internal Server Error");
      })
      .then((sent) => send(request, response, sent));
  };
}

/** The path after the prefix; undefined if it doesn't begin with it. */
function withoutPrefix(path: string, prefix: string): string | undefined {
  return path.startsWith(`${prefix}/`) ? path.slice(prefix.length) : undefined;
}

async function answer(
  request: IncomingMessage,
  route: Route | undefined,
  gone: AbortSignal,
  query = new URLSearchParams(),
): Promise<Answer> {
  if (route === undefined) return failure(404, "404 page not found");
  if (!route.methods.includes(request.method ?? "")) {
    const refused = failure(405, "Method Not Allowed");
    return { ...refused, headers: { ...refused.headers, Allow: route.methods.join(", ") } };
  }
  return route.answer(request, query, gone);
}

function send(request: IncomingMessage, response: ServerResponse, { status, headers, body }: Answer): void {
  if (response.destroyed) return;
  // Headers of the web configuration take precedence.
  const own = Object.entries(headers).filter(([name]) => !response.hasHeader(name));
  // For HEAD, the length would have to be that of the page (RFC 9110, section 8.6).
  const length = status === 304 ? {} : { "Content-Length": Buffer.byteLength(body) };
  response.writeHead(status, { ...Object.fromEntries(own), ...length });
  response.end(request.method === "HEAD" ? undefined : body);
}

/** Path and query of a request target in origin or absolute form; undefined for other forms. */
function parseTarget(target: string): { path: string; query: URLSearchParams } | undefined {
  const origin = /^https?:\/\/[^/?#]*/i.exec(target)?.[0] ?? "";
  const local = target.slice(origin.length);
  if (origin === "" && !local.startsWith("/")) return undefined;
  const [, path, query] = /^([^?#]*)(?:\?([^#]*))?/.exec(local) ?? [];
  return { path: path || "/", query: new URLSearchParams(query) };
}

/** Whether a browser sends the request from a page of another server, which must not reload the configuration. */
function createReload(reload: AppOptions["reload"]): Route["answer"] {
  return async (request) => {
    const { origin } = request.headers;
    const isOwn = origin === undefined || (URL.canParse(origin) && new URL(origin).host === hostOf(request));
    if (!isOwn) return failure(403, "Forbidden: found the Origin of another server, wanted none.");
    const failed = await reload();
    if (failed !== undefined) return failure(500, `failed to reload config: ${failed}`);
    return plain(200, "memory_exporter configuration was reloaded.");
  };
}

function createRoutes(options: AppOptions): ReadonlyMap<string, Route> {
  const { gatherer, telemetryPath, version, debug, history } = options;
  const landing = plainPage(landingPage({ version, telemetryPath }));
  const routes = new Map<string, Route>([
    ["/", reading(async () => landing)],
    ...(history ? liveRoutes({ ...options, history }) : []),
    ...(history || debug ? assetRoutes() : []),
    ["/-/healthy", reading(async () => plain(200, "memory_exporter is Healthy."))],
    [
      "/-/ready",
      reading(async () =>
        gatherer.ready() ? plain(200, "memory_exporter is Ready.") : plain(503, "memory_exporter is not Ready."),
      ),
    ],
    ["/-/reload", { methods: ["POST"], answer: createReload(options.reload) }],
    ["/probe", reading(createProbe(options))],
    [DISCOVERY_PATH, reading(createDiscovery(gatherer, options))],
    ...(debug ? debugRoutes(gatherer, options.debugStderr) : []),
  ]);
  return routes.set(telemetryPath, reading(createScrape(options)));
}
