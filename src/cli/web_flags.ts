import { EXPORTER_METRICS, type ExporterMetrics } from "../gather/self_metrics.ts";
import { parseAddress } from "../web/address.ts";
import { listFlag, optionalFlag, switchFlag, UsageError, type Values, valueFlag } from "./flags.ts";
import { count, externalUrl, oneOf, routePrefix, telemetryPath } from "./values.ts";

/** Flags of what is served over HTTP. */

const WEB = "Web";

/** A text that can be listened on, as it came: the web room reads it again. */
function listenAddress(text: string): string {
  try {
    parseAddress(text);
    return text;
  } catch (error) {
    throw error instanceof RangeError ? new UsageError(error.message) : error;
  }
}

export const webConfigFile = optionalFlag(
  {
    name: "web.config.file",
    group: WEB,
    placeholder: "PATH",
    help: "TLS, client certificates, basic auth, headers and rate limit, in the format of Prometheus' exporter-toolkit.",
  },
  String,
);

export const exporterMetrics = {
  exporterMetrics: valueFlag(
    {
      name: "web.exporter-metrics",
      group: WEB,
      placeholder: "AMOUNT",
      shown: "lean",
      help: "Metrics about the exporter itself: all, lean or none. Build info is always included.",
    },
    oneOf(EXPORTER_METRICS),
  ),
  disableExporterMetrics: switchFlag({
    name: "web.disable-exporter-metrics",
    group: WEB,
    help: "Same as --web.exporter-metrics=none.",
  }),
} as const;

/** What the two flags about the exporter's own metrics ask for together. @throws UsageError if they contradict each other. */
export function exporterMetricsOf(flags: Values<typeof exporterMetrics>): ExporterMetrics {
  if (!flags.disableExporterMetrics) return flags.exporterMetrics;
  if (flags.exporterMetrics !== "all") return "none";
  throw new UsageError("--web.exporter-metrics: found all beside --web.disable-exporter-metrics, wanted one of them");
}

export const web = {
  listenAddresses: listFlag(
    {
      name: "web.listen-address",
      group: WEB,
      placeholder: "ADDRESS",
      shown: ":9101",
      help: "Address to listen on: host:port, [::1]:port, :port, or unix:/path. Repeatable.",
    },
    listenAddress,
  ),
  systemdSocket: switchFlag({
    name: "web.systemd-socket",
    group: WEB,
    help: "Use systemd socket activation listeners instead of the listen addresses (Linux only).",
  }),
  webConfigFile,
  healthWithoutAuth: switchFlag({
    name: "web.health-without-auth",
    group: WEB,
    help: "Serve /-/healthy and /-/ready without authentication.",
  }),
  externalUrl: optionalFlag(
    {
      name: "web.external-url",
      group: WEB,
      placeholder: "URL",
      help: "URL under which the exporter is externally reachable, for example through a reverse proxy. Its path is the default of --web.route-prefix.",
    },
    externalUrl,
  ),
  routePrefix: optionalFlag(
    {
      name: "web.route-prefix",
      group: WEB,
      placeholder: "/PATH",
      help: "Prefix for the internal routes of web endpoints. Defaults to the path of --web.external-url.",
    },
    routePrefix,
  ),
  telemetryPath: valueFlag(
    {
      name: "web.telemetry-path",
      group: WEB,
      placeholder: "/PATH",
      shown: "/metrics",
      help: "Path under which to expose metrics.",
    },
    telemetryPath,
  ),
  maxRequests: valueFlag(
    {
      name: "web.max-requests",
      group: WEB,
      placeholder: "N",
      shown: "40",
      help: "Maximum number of parallel scrape requests. Further ones are answered with 503. Use 0 to disable.",
    },
    count,
  ),
  ...exporterMetrics,
  disableLivePage: switchFlag({
    name: "web.disable-live-page",
    group: WEB,
    help: "Serve a plain page with links at / instead of the live page, and keep no history for it.",
  }),
  debugStderr: switchFlag({
    name: "web.enable-debug-stderr",
    group: WEB,
    help: "Show the last lines that commands write to stderr on /debug/commands.",
  }),
  debug: switchFlag({
    name: "web.enable-debug",
    group: WEB,
    help: "Serve /debug/commands, with the latest runs of the commands, and /debug/pprof/, with profiles of the exporter itself.",
  }),
} as const;
