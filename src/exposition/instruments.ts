import type { Metric } from "prom-client";
// Not from the package's index, which also loads a Pushgateway client and cluster support, and takes 20 ms.
import Counter from "prom-client/lib/counter.js";
import Gauge from "prom-client/lib/gauge.js";
import Histogram from "prom-client/lib/histogram.js";
import Registry from "prom-client/lib/registry.js";
import { type Family, headOf, type Labels, type MetricType, type Sample } from "../metric.ts";
import { addDefaultMetrics } from "./default_metrics.ts";

/** Labels of one HTTP request. `endpoint` is the route, never the raw path. */
export type RequestLabels = Readonly<Record<"method" | "endpoint" | "response_code" | "client_type", string>>;

/** Counters of requests and scrapes. Every start is followed by one end. */
export type Instruments = {
  requestStarted(): void;
  requestEnded(labels: RequestLabels, seconds: number): void;
  scrapeStarted(): void;
  scrapeEnded(code: "200" | "500" | "503"): void;
  /** The current values. A metric that can't be collected is absent. Never rejects. */
  families(): Promise<readonly Family[]>;
};

/** From a healthy scrape (milliseconds) to the default scrape timeout (10 s). */
const DURATION_BUCKETS_SECONDS = [0.005, 0.025, 0.1, 0.5, 2.5, 10];

/** Number of label sets of requests on a lean page, in order of appearance. Further requests only have their status as label. */
const LEAN_KINDS = 4;

/**
 * @param level `lean` has only the last bucket of durations, few label sets of requests, and the most used metrics of `process_*`
 * and `nodejs_*`.
 */
export function createInstruments(level: "all" | "lean"): Instruments {
  const registry = new Registry();
  const registers = [registry];
  const isLean = level === "lean";
  const requests = new Histogram({
    name: "memory_exporter_http_request_duration_seconds",
    help: "Duration of HTTP requests.",
    labelNames: ["method", "endpoint", "response_code", "client_type"],
    buckets: isLean ? [] : DURATION_BUCKETS_SECONDS,
    registers,
  });
  const requestsInFlight = new Gauge({
    name: "memory_exporter_http_requests_in_flight",
    help: "Current number of HTTP requests being served.",
    registers: isLean ? [] : registers,
  });
  const scrapes = new Counter({
    name: "promhttp_metric_handler_requests_total",
    help: "Total number of scrapes by HTTP status code.",
    labelNames: ["code"],
    registers,
  });
  for (const code of ["200", "500", "503"]) scrapes.inc({ code }, 0);
  const scrapesInFlight = new Gauge({
    name: "promhttp_metric_handler_requests_in_flight",
    help: "Current number of scrapes being served.",
    registers,
  });
  addDefaultMetrics(registry, level);
  const kinds = new Set<string>();
  function leanKind(labels: RequestLabels): RequestLabels {
    const kind = Object.values(labels).join("\n");
    if (kinds.size < LEAN_KINDS) kinds.add(kind);
    return kinds.has(kind) ? labels : { ...labels, method: "other", endpoint: "other", client_type: "other" };
  }
  return {
    requestStarted: () => requestsInFlight.inc(),
    requestEnded: (labels, seconds) => {
      requestsInFlight.dec();
      requests.observe(isLean ? leanKind(labels) : labels, seconds);
    },
    scrapeStarted: () => scrapesInFlight.inc(),
    scrapeEnded: (code) => {
      scrapesInFlight.dec();
      scrapes.inc({ code });
    },
    families: () => familiesOf(registry),
  };
}

/** Unlike prom-client's `getMetricsAsJSON`, a metric that throws doesn't affect the others. */
async function familiesOf(registry: Registry): Promise<readonly Family[]> {
  const metrics = registry.getMetricsAsArray() as unknown as readonly Metric[];
  const collected = await Promise.allSettled(metrics.map(async (metric) => metric.get()));
  return collected.flatMap((result) => (result.status === "fulfilled" ? [toFamily(result.value)] : []));
}

type PromClientMetric = Awaited<ReturnType<Metric["get"]>>;

function toFamily({ name, help, type, values }: PromClientMetric): Family {
  const samples = values.map((value) => toSample(name, value));
  return { ...headOf(String(type) as MetricType, name, help), samples };
}

function toSample(name: string, value: PromClientMetric["values"][number] & { metricName?: string }): Sample {
  const labels = textLabels(value.labels);
  const suffix = (value.metricName ?? name).slice(name.length) as NonNullable<Sample["suffix"]> | "";
  return suffix === "" ? { labels, value: value.value } : { labels, value: value.value, suffix };
}

/** Converts label values to texts: prom-client allows numbers. */
function textLabels(labels: PromClientMetric["values"][number]["labels"]): Labels {
  const entries = Object.entries(labels);
  if (entries.every(([, value]) => typeof value === "string")) return labels as Labels;
  return Object.fromEntries(entries.map(([name, value]) => [name, String(value)]));
}
