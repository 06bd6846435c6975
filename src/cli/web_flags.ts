import { EXPORTER_METRICS, type ExporterMetrics } from "../gather/self_metrics.ts";
import { parseAddress } from "../web/address.ts";
import { flagsOf, UsageError, type Values } from "./flags.ts";
import { count, externalUrl, oneOf, routePrefix, telemetryPath } from "./values.ts";

/** Flags of the HTTP server. */

const { list, optional, toggle, value } = flagsOf("Web");

/** A valid listen address, unparsed: src/web parses it again. */
function listenAddress(text: string): string {
  try {
    parseAddress(text);
    return text;
  } catch (error) {
    throw error instanceof RangeError ? new UsageError(error.message) : error;
  }
}

export const webConfigFile = optional(
  "web.config.file=PATH",
  "TLS, client certificates, basic auth, headers and rate limit, in the format of Prometheus' exporter-toolkit.",
  String,
);

export const exporterMetrics = {
  exporterMetrics: value(
    "web.exporter-metrics=AMOUNT",
    "lean",
    "Metrics about the exporter itself: all, lean or none. Build info is always included.",
    oneOf(EXPORTER_METRICS),
  ),
  disableExporterMetrics: toggle("web.disable-exporter-metrics", "Same as --web.exporter-metrics=none."),
} as const;

/** The value of the two flags about the exporter's own metrics. @throws UsageError if they contradict each other. */
export function exporterMetricsOf(flags: Values<typeof exporterMetrics>): ExporterMetrics {
  if (!flags.disableExporterMetrics) return flags.exporterMetrics;
  if (flags.exporterMetrics !== "all") return "none";
  throw new UsageError("--web.exporter-metrics: found all with --web.disable-exporter-metrics, wanted one of them");
}

export const web = {
  listenAddresses: list(
    "web.listen-address=ADDRESS",
    ":9101",
    "Address to listen on: host:port, [::1]:port, :port, or unix:/path. Repeatable.",
    listenAddress,
  ),
  systemdSocket: toggle(
    "web.systemd-socket",
    "Use systemd socket activation listeners instead of the listen addresses (Linux only).",
  ),
  webConfigFile,
  healthWithoutAuth: toggle("web.health-without-auth", "Serve /-/healthy and /-/ready without authentication."),
  externalUrl: optional(
    "web.external-url=URL",
    "URL under which the exporter is externally reachable, for example through a reverse proxy. Its path is the default of --web.route-prefix.",
    externalUrl,
  ),
  routePrefix: optional(
    "web.route-prefix=/PATH",
    "Prefix for the internal routes of web endpoints. Defaults to the path of --web.external-url.",
    routePrefix,
  ),
  telemetryPath: value("web.telemetry-path=/PATH", "/metrics", "Path under which to expose metrics.", telemetryPath),
  maxRequests: value(
    "web.max-requests=N",
    "40",
    "Maximum number of parallel scrape requests. Further ones are answered with 503. Use 0 to disable.",
    count,
  ),
  ...exporterMetrics,
  disableLivePage: toggle(
    "web.disable-live-page",
    "Serve a plain page with links at / instead of the live page, and keep no history for it.",
  ),
  debugStderr: toggle(
    "web.enable-debug-stderr",
    "Show the last lines that commands write to stderr on /debug/commands.",
  ),
  debug: toggle(
    "web.enable-debug",
    "Serve /debug/commands, with the latest runs of the commands, and /debug/pprof/, with profiles of the exporter itself.",
  ),
} as const;
