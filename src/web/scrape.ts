import type { IncomingMessage } from "node:http";
import { compress, createScratch, offeredEncodings } from "../exposition/compress.ts";
import { encode } from "../exposition/encode.ts";
import { acceptedEncoding, type Negotiated, negotiate } from "../exposition/negotiate.ts";
import type { Gatherer, Gathering } from "../gather/gatherer.ts";
import type { Log } from "../log.ts";
import { type Answer, failure } from "./answer.ts";

export type ScrapeOptions = {
  readonly gatherer: Gatherer;
  /** Maximum number of scrapes in flight. Further ones get 503. 0 means no limit. */
  readonly maxRequests: number;
  /** Subtracted from the scraper's timeout. */
  readonly timeoutOffsetMs: number;
  readonly observer: ScrapeObserver;
  readonly log: Log;
};

/** Observes scrapes for the metrics about the exporter. */
export type ScrapeObserver = {
  readonly scrapeStarted: () => void;
  readonly scrapeEnded: (code: "200" | "500" | "503") => void;
};

type Scrape = (request: IncomingMessage, query: URLSearchParams) => Promise<Answer>;

/** The handler of the telemetry path: gathers the requested commands, and answers in the format that the scraper accepts. */
export function createScrape(options: ScrapeOptions): Scrape {
  const { gatherer, maxRequests, observer, log } = options;
  const pageOf = createPages();
  const tellLate = createLateLog(log);
  let inFlight = 0;
  return async (request, query) => {
    const selected = selectNames(gatherer.names(), query);
    if (typeof selected === "string") return failure(400, selected);
    observer.scrapeStarted();
    if (maxRequests > 0 && inFlight >= maxRequests) {
      observer.scrapeEnded("503");
      return failure(503, `Limit of concurrent requests reached (${maxRequests}), try again later.`);
    }
    inFlight += 1;
    try {
      const patienceMs = patienceOf(request, options);
      const gathering = await gatherer.gather({ names: selected, ...(patienceMs !== undefined && { patienceMs }) });
      tellLate(gathering.results, patienceMs);
      const wanted = negotiate(headerText(request, "accept"));
      const page = await pageOf(gathering, wanted, headerText(request, "accept-encoding"));
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

/** Logs that scrapes can't wait for a command: the first of them, and the first one after a result. */
export function createLateLog(log: Log): (results: Gathering["results"], patienceMs: number | undefined) => void {
  const late = new Set<string>();
  return (results, patienceMs = 0) => {
    for (const { source: command, outcome } of results) {
      if (outcome !== "late") late.delete(command);
      else if (!late.has(command)) {
        late.add(command);
        log.warn("Scrape did not wait for the command", { command, waited_seconds: patienceMs / 1000 });
      }
    }
  };
}

type PageOf = (gathering: Gathering, wanted: Negotiated, acceptEncoding: string | undefined) => Promise<Answer>;

/** Encodes pages. Scrapes that share a gathering share its encoded pages. */
export function createPages(): PageOf {
  const written = new WeakMap<Gathering, Map<string, Promise<Uint8Array>>>();
  const scratch = createScratch();
  return async (gathering, { format, contentType, escaping }, acceptEncoding) => {
    const encoding = acceptedEncoding(acceptEncoding, offeredEncodings());
    const bodies = written.get(gathering) ?? new Map<string, Promise<Uint8Array>>();
    written.set(gathering, bodies);
    const key = `${format} ${escaping} ${encoding}`;
    const body =
      bodies.get(key) ?? encode(gathering.families, format, escaping).then((text) => compress(text, encoding, scratch));
    bodies.set(key, body);
    return {
      status: 200,
      headers: {
        "Content-Type": contentType,
        Vary: "Accept, Accept-Encoding",
        ...(encoding !== "identity" && { "Content-Encoding": encoding }),
      },
      body: await body,
    };
  };
}

/** The value of a header. Several values are joined. */
export function headerText(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value.join(",") : value;
}

const TIMEOUT_HEADER = "x-prometheus-scrape-timeout-seconds";

/** How long a scrape waits: the scraper's timeout minus the offset, but at least half of it. Undefined without the header. */
export function patienceOf(request: IncomingMessage, { timeoutOffsetMs, log }: ScrapeOptions): number | undefined {
  const text = headerText(request, TIMEOUT_HEADER);
  if (text === undefined) return undefined;
  if (!/^\d{1,9}(\.\d{1,18})?$/.test(text) || Number(text) === 0) {
    log.debug("Ignoring malformed header", { header: TIMEOUT_HEADER, value: text.slice(0, 100) });
    return undefined;
  }
  const timeoutMs = Number(text) * 1000;
  return timeoutMs - Math.min(timeoutOffsetMs, timeoutMs / 2);
}

/** The commands that `collect[]` and `exclude[]` select, or an error message. */
function selectNames(all: readonly string[], query: URLSearchParams): readonly string[] | string {
  const wanted = query.getAll("collect[]");
  const unwanted = query.getAll("exclude[]");
  if (wanted.length > 0 && unwanted.length > 0) return "Combined collect and exclude queries are not allowed.";
  const unknown = [...wanted, ...unwanted].find((name) => !all.includes(name));
  if (unknown !== undefined)
    return `Unknown command ${JSON.stringify(unknown.slice(0, 100))}, wanted one of ${all.join(", ")}.`;
  return all.filter((name) => (wanted.length > 0 ? wanted.includes(name) : !unwanted.includes(name)));
}
