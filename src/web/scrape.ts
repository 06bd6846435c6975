import type { IncomingMessage } from "node:http";
import type { Collector } from "../collect/collect.ts";
import { compress, offeredEncodings } from "../exposition/compress.ts";
import { encode, type Format, prepare, type Ready } from "../exposition/encode.ts";
import { acceptedEncoding, type Negotiated, negotiate } from "../exposition/negotiate.ts";
import type { Log } from "../log.ts";
import type { Family } from "../metric.ts";
import { type Answer, failure } from "./answer.ts";

export type ScrapeOptions = {
  readonly collector: Collector;
  /** Scrapes in flight; more get 503. 0 is no limit. */
  readonly maxRequests: number;
  /** Taken off the scraper's own deadline. */
  readonly timeoutOffsetMs: number;
  /** Families that every page has besides the collection's: build info, and the self metrics where they are wanted. */
  readonly selfFamilies: () => Promise<readonly Family[]>;
  readonly observer: ScrapeObserver;
  readonly log: Log;
};

/** Told of scrapes, for the self metrics. */
export type ScrapeObserver = {
  readonly scrapeStarted: () => void;
  readonly scrapeEnded: (code: "200" | "500" | "503") => void;
};

type Scrape = (request: IncomingMessage, query: URLSearchParams) => Promise<Answer>;

/** The answer of the telemetry path: runs what was asked for and writes it as the scraper wants it. */
export function createScrape(options: ScrapeOptions): Scrape {
  const { collector, maxRequests, observer, log } = options;
  const gather = createGather(options);
  let inFlight = 0;
  return async (request, query) => {
    const selected = selectNames(collector.names, query);
    if (typeof selected === "string") return failure(400, selected);
    observer.scrapeStarted();
    if (maxRequests > 0 && inFlight >= maxRequests) {
      observer.scrapeEnded("503");
      return failure(503, `Limit of concurrent requests reached (${maxRequests}), try again later.`);
    }
    inFlight += 1;
    try {
      const wanted = negotiate(headerText(request, "accept"));
      const gathered = await gather(selected, scrapeDeadlineMs(request, options), wanted.format);
      const page = await pageOf(gathered, wanted, headerText(request, "accept-encoding"));
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

/** What one run gave to all scrapes that share it: the families, and each form of the page as it is first asked for. */
type Gathering = {
  readonly families: readonly Family[];
  readonly ready: Ready;
  readonly bodies: Map<string, Promise<Uint8Array>>;
};

type Gather = (names: readonly string[], deadlineMs: number | undefined, format: Format) => Promise<Gathering>;

/** Gathers once for all scrapes that want the same at the same time; the format is that in which it is most likely asked for. */
function createGather({ collector, selfFamilies }: ScrapeOptions): Gather {
  const underWay = new Map<string, Promise<Gathering>>();
  return (names, deadlineMs, format) => {
    const key = `${deadlineMs} ${names.join(" ")}`;
    const shared = underWay.get(key);
    if (shared) return shared;
    // The self metrics are gathered, and made ready for the page, while the command runs.
    const running = collector.collect({ ...(deadlineMs !== undefined && { deadlineMs }), names });
    const gathering = Promise.all([running, selfFamilies().then((self) => prepare(self, format))])
      .then(([{ families }, ready]) => ({ families, ready, bodies: new Map() }))
      .finally(() => underWay.delete(key));
    underWay.set(key, gathering);
    return gathering;
  };
}

async function pageOf(
  { families, ready, bodies }: Gathering,
  { format, contentType, escaping }: Negotiated,
  acceptEncoding: string | undefined,
): Promise<Answer> {
  const encoding = acceptedEncoding(acceptEncoding, offeredEncodings());
  const key = `${format} ${escaping} ${encoding}`;
  const body = bodies.get(key) ?? encode(families, format, ready, escaping).then((text) => compress(text, encoding));
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
}

function headerText(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value.join(",") : value;
}

const TIMEOUT_HEADER = "x-prometheus-scrape-timeout-seconds";
/** What a scraper that wants its answer at once gets at least: never nothing, never no limit. */
const SHORTEST_DEADLINE_MS = 10;

/** What the scraper's own deadline leaves for the run; undefined without the header. */
function scrapeDeadlineMs(request: IncomingMessage, { timeoutOffsetMs, log }: ScrapeOptions): number | undefined {
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
