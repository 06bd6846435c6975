import type { IncomingMessage } from "node:http";
import type { Gatherer } from "../gather/gatherer.ts";
import type { Source } from "../source.ts";
import { type Answer, failure, hostOf } from "./answer.ts";

/** The external URL: `https://example.org` (empty if only a path is known) and `/memory`. */
export type External = { readonly origin: string; readonly path: string };

export const DISCOVERY_PATH = "/discovery";

/** The Host of a request: a name, an IPv4 address, or an IPv6 address in brackets, with or without a port. */
const HOST = /^(?:[\w.-]{1,253}|\[[\da-fA-F:.]{2,45}\])(?::\d{1,5})?$/;

/**
 * `/discovery`: HTTP service discovery with one target for each command. The address is the Host of the request. If it is that of
 * the external URL, its scheme and path are used. The scrape interval of a scheduled command is its interval. Commands with
 * required parameters have no target, since only the operator knows the values.
 */
export function createDiscovery(
  gatherer: Gatherer,
  { routePrefix, external }: { readonly routePrefix: string; readonly external: External | undefined },
): (request: IncomingMessage) => Promise<Answer> {
  const outside = external && external.origin !== "" ? new URL(external.origin) : undefined;
  return async (request) => {
    const host = hostOf(request);
    if (!HOST.test(host)) return failure(400, "Bad Request: found no host to name as a target, wanted a Host header.");
    const isOutside = outside?.host === host;
    const own = "encrypted" in request.socket && request.socket.encrypted ? "https" : "http";
    const scheme = isOutside ? outside.protocol.slice(0, -1) : own;
    const path = `${isOutside ? external?.path : routePrefix}/probe`;
    const groups = gatherer.records().map(({ source }) => ({
      targets: [host],
      labels: {
        __scheme__: scheme,
        __metrics_path__: path,
        __param_command: source.name,
        command: source.name,
        ...timesOf(source),
      },
    }));
    return { status: 200, headers: { "Content-Type": "application/json" }, body: `${JSON.stringify(groups)}\n` };
  };
}

/** Prometheus refuses a timeout above the interval. */
function timesOf({ schedule, timeoutMs }: Source): Readonly<Record<string, string>> {
  if (schedule === undefined) return {};
  const intervalMs = Math.max(1, Math.round(schedule.intervalMs));
  const waitMs = Math.max(1, Math.min(intervalMs, Math.ceil(timeoutMs) + 1000));
  return { __scrape_interval__: `${intervalMs}ms`, __scrape_timeout__: `${waitMs}ms` };
}
