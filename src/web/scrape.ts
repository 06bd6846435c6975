import type { IncomingMessage } from "node:http";
import { compress, createScratch, offeredEncodings } from "../exposition/compress.ts";
import { encode } from "../exposition/encode.ts";
import type { Instruments } from "../exposition/instruments.ts";
import { acceptedEncoding, negotiate } from "../exposition/negotiate.ts";
import type { Gatherer, Gathering } from "../gather/gatherer.ts";
import type { Log } from "../log.ts";
import { stackOf } from "../system_error.ts";
import { quote } from "../text.ts";
import { type Answer, failure, headerText, type Route } from "./answer.ts";

export type ScrapeOptions = {
  readonly gatherer: Gatherer;
  /** Maximum number of scrapes in flight. Further ones get 503. 0 means no limit. */
  readonly maxRequests: number;
  /** Subtracted from the scraper's timeout. */
  readonly timeoutOffsetMs: number;
  readonly observer: Pick<Instruments, "scrapeStarted" | "scrapeEnded">;
  readonly log: Log;
};

/** The handler of the telemetry path: gathers the requested commands, and answers in the format that the scraper accepts. */
export function createScrape(options: ScrapeOptions): Route["answer"] {
  const { gatherer, observer, log } = options;
  const pageOf = createPages();
  const limited = createLimit(options.maxRequests);
  const logLate = createLateLog(log);
  return async (request, query) => {
    const names = selectNames(gatherer.names(), query);
    if (typeof names === "string") return failure(400, names);
    observer.scrapeStarted();
    const answer = await limited(async () => {
      const maxWaitMs = maxWaitOf(request, options);
      const gathering = await gatherer.gather({ names, maxWaitMs });
      logLate(gathering.results, maxWaitMs);
      return pageOf(gathering, request);
    }).catch((error: unknown) => {
      log.error("Scrape failed", { stack: stackOf(error) });
      return failure(500, "An error has occurred while serving metrics, see the log.");
    });
    observer.scrapeEnded(String(answer.status) as "200" | "500" | "503");
    return answer;
  };
}

/** Logs that scrapes can't wait for a command: the first of them, and the first one after a result. */
export function createLateLog(log: Log): (results: Gathering["results"], maxWaitMs: number) => void {
  const late = new Set<string>();
  return (results, maxWaitMs) => {
    for (const { source: command, outcome } of results) {
      if (outcome !== "late") late.delete(command);
      else if (!late.has(command)) {
        late.add(command);
        log.warn("Scrape did not wait for the command", { command, waited_seconds: maxWaitMs / 1000 });
      }
    }
  };
}

/** Answers at most so many requests at a time; 0 means no limit. */
export function createLimit(most: number): (answer: () => Promise<Answer>) => Promise<Answer> {
  let inFlight = 0;
  return async (answer) => {
    if (most > 0 && inFlight >= most)
      return failure(503, `Limit of concurrent requests reached (${most}), try again later.`);
    inFlight += 1;
    return answer().finally(() => {
      inFlight -= 1;
    });
  };
}

type PageOf = (gathering: Gathering, request: IncomingMessage) => Promise<Answer>;

/** Encodes pages as their clients accept them. Scrapes that share a gathering share its encoded pages. */
export function createPages(): PageOf {
  const written = new WeakMap<Gathering, Map<string, Promise<Uint8Array>>>();
  const scratch = createScratch();
  return async (gathering, request) => {
    const { format, contentType, escaping } = negotiate(headerText(request, "accept"));
    const encoding = acceptedEncoding(headerText(request, "accept-encoding"), offeredEncodings());
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

const TIMEOUT_HEADER = "x-prometheus-scrape-timeout-seconds";

/** How long a scrape waits: the scraper's timeout minus the offset, but at least half of it. Infinity without the header. */
export function maxWaitOf(request: IncomingMessage, { timeoutOffsetMs, log }: ScrapeOptions): number {
  const text = headerText(request, TIMEOUT_HEADER);
  if (text === undefined) return Number.POSITIVE_INFINITY;
  if (!/^\d{1,9}(\.\d{1,18})?$/.test(text) || Number(text) === 0) {
    log.debug("Ignoring malformed header", { header: TIMEOUT_HEADER, value: text.slice(0, 100) });
    return Number.POSITIVE_INFINITY;
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
  if (unknown !== undefined) return `Unknown command ${quote(unknown)}, wanted one of ${all.join(", ")}.`;
  return all.filter((name) => (wanted.length > 0 ? wanted.includes(name) : !unwanted.includes(name)));
}
