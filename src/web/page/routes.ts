import type { IncomingMessage } from "node:http";
import { compress, offeredEncodings } from "../../exposition/compress.ts";
import { acceptedEncoding } from "../../exposition/negotiate.ts";
import type { Gatherer } from "../../gather/gatherer.ts";
import { type History, STEP_SECONDS } from "../../gather/history.ts";
import { quote } from "../../text.ts";
import { type Answer, failure, headerText, PAGE_HEADERS, type Route, reading } from "../answer.ts";
import { liveJson } from "./api.ts";
import { RANGES, type Range } from "./chart_section.ts";
import { type LivePage, livePage } from "./live_page.ts";
import { createSnapshots, type Snapshot } from "./snapshot.ts";

export type LiveOptions = LivePage & { readonly gatherer: Gatherer; readonly history: History };

const JSON_HEADERS = { "Content-Type": "application/json", "X-Content-Type-Options": "nosniff" };
/** Number of cached answers. Most viewers request the same. */
const MAX_CACHED = 16;

/** Routes of the live page and its data, shared by all viewers. */
export function liveRoutes(options: LiveOptions): ReadonlyMap<string, Route> {
  const { gatherer, history } = options;
  const snapshot = createSnapshots({ gatherer, history });
  const kept = new WeakMap<Snapshot, Map<string, Promise<Uint8Array>>>();

  /** An answer in the encoding that the client accepts, cached until the next snapshot. */
  async function answerOf(
    request: IncomingMessage,
    key: string,
    headers: Answer["headers"],
    write: (snapshot: Snapshot) => string,
  ) {
    const taken = await snapshot();
    const encoding = acceptedEncoding(headerText(request, "accept-encoding"), offeredEncodings());
    const bodies = kept.get(taken) ?? new Map<string, Promise<Uint8Array>>();
    kept.set(taken, bodies);
    const body = bodies.get(`${key} ${encoding}`) ?? compress(write(taken), encoding);
    if (bodies.size < MAX_CACHED) bodies.set(`${key} ${encoding}`, body);
    const varied = { ...headers, "Cache-Control": "no-store", Vary: "Accept-Encoding" };
    const encoded = encoding === "identity" ? varied : { ...varied, "Content-Encoding": encoding };
    return { status: 200, headers: encoded, body: await body };
  }

  const page: Route["answer"] = async (request, query) => {
    const range = query.get("range") ?? undefined;
    if (range !== undefined && !isRange(range))
      return failure(400, `range: found ${quote(range)}, wanted one of ${Object.keys(RANGES).join(", ")}`);
    return answerOf(request, `range ${range}`, PAGE_HEADERS, (taken) => livePage(taken, range, history, options));
  };
  const json: Route["answer"] = async (request, query) => {
    const since = query.get("since") ?? "0";
    if (!/^\d{1,12}(?:\.\d{1,9})?$/.test(since))
      return failure(400, `since: found ${quote(since)}, wanted seconds since 1970`);
    // Rows are at whole steps, so rounding gives more viewers the same answer.
    const first = Math.ceil(Number(since) / STEP_SECONDS) * STEP_SECONDS;
    return answerOf(request, `since ${first}`, JSON_HEADERS, (taken) => liveJson(taken, first, options));
  };
  return new Map<string, Route>([
    ["/", reading(page)],
    ["/api/v1/live", reading(json)],
  ]);
}

function isRange(text: string): text is Range {
  return Object.hasOwn(RANGES, text);
}
