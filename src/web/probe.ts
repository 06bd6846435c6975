import type { IncomingMessage } from "node:http";
import type { ConfiguredCommand } from "../config/command_source.ts";
import { negotiate } from "../exposition/negotiate.ts";
import { type Answer, failure } from "./answer.ts";
import { createLateLog, createPages, headerText, patienceOf, type ScrapeOptions } from "./scrape.ts";

/** The current commands of the configuration; empty without one. */
export type Commands = () => readonly ConfiguredCommand[];

type Probe = (request: IncomingMessage, query: URLSearchParams) => Promise<Answer>;

/** `/probe?command=NAME`: the metrics of one command. Other query parameters must be declared for the command. */
export function createProbe(options: ScrapeOptions & { readonly commands: Commands }): Probe {
  const { gatherer, maxRequests, commands } = options;
  const pageOf = createPages();
  const tellLate = createLateLog(options.log);
  let inFlight = 0;
  return async (request, query) => {
    const asked = readQuery(query, gatherer.names(), commands());
    if (typeof asked === "string") return failure(400, asked);
    if (maxRequests > 0 && inFlight >= maxRequests)
      return failure(503, `Limit of concurrent requests reached (${maxRequests}), try again later.`);
    inFlight += 1;
    try {
      const patienceMs = patienceOf(request, options);
      const page = await gatherer.probe({ ...asked, ...(patienceMs !== undefined && { patienceMs }) });
      if (page === undefined) return failure(503, "Too many sets of parameters are probed, try again later.");
      tellLate(page.results, patienceMs);
      return await pageOf(page, negotiate(headerText(request, "accept")), headerText(request, "accept-encoding"));
    } finally {
      inFlight -= 1;
    }
  };
}

type Asked = Omit<Parameters<ScrapeOptions["gatherer"]["probe"]>[0], "patienceMs">;

/** The parameters of a query, or an error message. */
function readQuery(
  query: URLSearchParams,
  names: readonly string[],
  commands: readonly ConfiguredCommand[],
): Asked | string {
  const known = [...new Set([...commands.map(({ name }) => name), ...names])];
  const given = new Map<string, string>();
  for (const [key, value] of query) {
    if (given.has(key)) return `Found parameter ${shown(key)} twice, wanted it once.`;
    given.set(key, value);
  }
  const name = given.get("command");
  if (name === undefined) return `Missing parameter "command", wanted one of ${known.join(", ")}.`;
  if (!known.includes(name)) return `Unknown command ${shown(name)}, wanted one of ${known.join(", ")}.`;
  given.delete("command");
  const command = commands.find((one) => one.name === name);
  const source = command?.parameters.length ? command.bind(given) : undefined;
  if (typeof source === "string") return `Bad Request: ${source}`;
  if (source !== undefined) return { name, bound: { source, key: JSON.stringify([...given].sort()) } };
  const [stray] = given.keys();
  return stray === undefined ? { name } : `Unknown parameter ${shown(stray)} of command ${shown(name)}, wanted none.`;
}

function shown(text: string): string {
  return JSON.stringify(text.slice(0, 100));
}
