import type { ConfiguredCommand } from "../config/command_source.ts";
import { quote } from "../text.ts";
import { failure, type Route } from "./answer.ts";
import { createLateLog, createLimit, createPages, maxWaitOf, type ScrapeOptions } from "./scrape.ts";

/** The current commands of the configuration; empty without one. */
export type Commands = () => readonly ConfiguredCommand[];

/** `/probe?command=NAME`: the metrics of one command. Other query parameters must be declared for the command. */
export function createProbe(options: ScrapeOptions & { readonly commands: Commands }): Route["answer"] {
  const { gatherer, commands } = options;
  const pageOf = createPages();
  const limited = createLimit(options.maxRequests);
  const logLate = createLateLog(options.log);
  return async (request, query) => {
    const asked = readQuery(query, gatherer.names(), commands());
    if (typeof asked === "string") return failure(400, asked);
    return limited(async () => {
      const maxWaitMs = maxWaitOf(request, options);
      const page = await gatherer.probe({ ...asked, maxWaitMs });
      if (page === undefined) return failure(503, "Too many sets of parameters are probed, try again later.");
      logLate(page.results, maxWaitMs);
      return pageOf(page, request);
    });
  };
}

type Asked = Omit<Parameters<ScrapeOptions["gatherer"]["probe"]>[0], "maxWaitMs">;

/** The parameters of a query, or an error message. */
function readQuery(
  query: URLSearchParams,
  names: readonly string[],
  commands: readonly ConfiguredCommand[],
): Asked | string {
  const known = [...new Set([...commands.map(({ name }) => name), ...names])];
  const given = new Map<string, string>();
  for (const [key, value] of query) {
    if (given.has(key)) return `Found parameter ${quote(key)} twice, wanted it once.`;
    // What isn't UTF-8 is decoded to this character: a command would get another text than the request has.
    if (value.includes("\ufffd")) return `Found parameter ${quote(key)} with ${quote(value)}, wanted UTF-8.`;
    given.set(key, value);
  }
  const name = given.get("command");
  if (name === undefined) return `Missing parameter "command", wanted one of ${known.join(", ")}.`;
  if (!known.includes(name)) return `Unknown command ${quote(name)}, wanted one of ${known.join(", ")}.`;
  given.delete("command");
  const command = commands.find((one) => one.name === name);
  const source = command?.parameters.length ? command.bind(given) : undefined;
  if (typeof source === "string") return `Bad Request: ${source}`;
  if (source !== undefined) return { name, bound: { source, key: JSON.stringify([...given].sort()) } };
  const [stray] = given.keys();
  return stray === undefined ? { name } : `Unknown parameter ${quote(stray)} of command ${quote(name)}, wanted none.`;
}
