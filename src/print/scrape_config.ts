/** How the exporter is scraped. */
type Scraped = {
  /** Hosts and ports: `localhost:9101`. */
  readonly targets: readonly string[];
  readonly scheme: "http" | "https";
  /** Path of the metrics, or of `/discovery`, with the route prefix. */
  readonly path: string;
};

/** Name of the job in the alerts, the dashboard and README.md. */
export const JOB = "memory";

/** A scrape configuration for the exporter. Settings with default values are left out. */
export function scrapeConfig({ targets, scheme, path }: Scraped): string {
  return [
    "scrape_configs:",
    `  - job_name: ${JOB}`,
    ...(scheme === "http" ? [] : [`    scheme: ${scheme}`]),
    ...(path === "/metrics" ? [] : [`    metrics_path: ${JSON.stringify(path)}`]),
    "    static_configs:",
    `      - targets: [${targets.map((target) => JSON.stringify(target)).join(", ")}]`,
    "",
  ].join("\n");
}

/** The same with HTTP service discovery: each command is a target, with its interval as scrape interval. */
export function discoveryConfig({ targets, scheme, path }: Scraped): string {
  return [
    "scrape_configs:",
    `  - job_name: ${JOB}_commands`,
    "    http_sd_configs:",
    ...targets.map((target) => `      - url: ${JSON.stringify(`${scheme}://${target}${path}`)}`),
    "",
  ].join("\n");
}
