import type { IncomingMessage } from "node:http";
import type { Gatherer } from "../../gather/gatherer.ts";
import { quote } from "../../text.ts";
import { type Answer, failure, page } from "../answer.ts";
import { commandsPage } from "./commands_page.ts";
import { commandReports } from "./report.ts";

/** The answer of /debug/commands: HTML for browsers, JSON for other clients and with `format=json`. */
export function commandsAnswer(
  gatherer: Gatherer,
  withStderr: boolean,
  request: IncomingMessage,
  query: URLSearchParams,
): Answer {
  const format = query.get("format") ?? (/\btext\/html\b/i.test(request.headers.accept ?? "") ? "html" : "json");
  const headers = { "Cache-Control": "no-store", Vary: "Accept" };
  switch (format) {
    case "html": {
      const answer = page(commandsPage(commandReports(gatherer, withStderr)));
      return { ...answer, headers: { ...answer.headers, ...headers } };
    }
    case "json": {
      const body = `${JSON.stringify({ commands: commandReports(gatherer, withStderr) }, null, 2)}\n`;
      return { status: 200, headers: { "Content-Type": "application/json", ...headers }, body };
    }
    default:
      return failure(400, `format: found ${quote(format)}, wanted html or json`);
  }
}
