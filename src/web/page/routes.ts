import type { IncomingMessage } from "node:http";
import { compress, offeredEncodings } from "../../exposition/compress.ts";
import { acceptedEncoding } from "../../exposition/negotiate.ts";
import type { Gatherer } from "../../gather/gatherer.ts";
import { type History, STEP_SECONDS } from "../../gather/history.ts";
import { quote } from "../../text.ts";
import { type Answer, failure, PAGE_HEADERS, READ, type Route } from "../answer.ts";
import { headerText } from "../scrape.ts";
import { liveJson } from "./api.ts";
import { RANGES, type Range, USUAL_RANGE } from "./chart_section.ts";
import { type LivePage, livePage } from "./live_page.ts";
import { createLooks, type Look } from "./look.ts";

export type LiveOptions = LivePage & { readonly gatherer: Gatherer; readonly history: History };

const JSON_HEADERS = { "Content-Type": "application/json", "X-Content-Type-Options": "nosniff" };
/** Answers of one look that are kept: viewers ask for the same. */
const MOST_KEPT = 16;

/** The live page and what it draws, for all viewers together. */
export function liveRoutes(options: LiveOptions): ReadonlyMap<string, Route> {
  const { gatherer, history } = options;
  const look = createLooks({ gatherer, history });
  const kept = new WeakMap<Look, Map<string, Promise<Uint8Array>>>();

  /** A body of a look, compressed as the client likes it; the same to all who ask for the same. */
  async function answerOf(
    request: IncomingMessage,
    key: string,
    headers: Answer["headers"],
    write: (look: Look) => string,
  ) {
    const taken = await look();
    const encoding = acceptedEncoding(headerText(request, "accept-encoding"), offeredEncodings());
    const bodies = kept.get(taken) ?? new Map<string, Promise<Uint8Array>>();
    kept.set(taken, bodies);
    const body = bodies.get(`${key} ${encoding}`) ?? compress(write(taken), encoding);
    if (bodies.size < MOST_KEPT) bodies.set(`${key} ${encoding}`, body);
    const varied = { ...headers, "Cache-Control": "no-store", Vary: "Accept-Encoding" };
    const encoded = encoding === "identity" ? varied : { ...varied, "Content-Encoding": encoding };
    return { status: 200, headers: encoded, body: await body };
  }

  return new Map<string, Route>([
    [
      "/",
      {
        methods: READ,
        answer: async (request, query) => {
          const range = query.get("range") ?? USUAL_RANGE;
          if (!isRange(range))
            return failure(400, `range: found ${quote(range)}, wanted one of ${Object.keys(RANGES).join(", ")}`);
          return answerOf(request, range, PAGE_HEADERS, (taken) => livePage(taken, range, history, options));
        },
      },
    ],
    [
      "/api/v1/live",
      {
        methods: READ,
        answer: async (request, query) => {
          const since = query.get("since") ?? "0";
          if (!/^\d{1,12}(?:\.\d{1,9})?$/.test(since))
            return failure(400, `since: found ${quote(since)}, wanted seconds since 1970`);
          // Rows are at whole steps: who asks for about the same gets the same.
          const first = Math.ceil(Number(since) / STEP_SECONDS) * STEP_SECONDS;
          return answerOf(request, `since ${first}`, JSON_HEADERS, (taken) => liveJson(taken, first, options));
        },
      },
    ],
  ]);
}

function isRange(text: string): text is Range {
  return Object.hasOwn(RANGES, text);
}
