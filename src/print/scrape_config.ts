/** Where and how the exporter is scraped. */
type Scraped = {
  /** Hosts and ports: `localhost:9101`. */
  readonly targets: readonly string[];
  readonly scheme: "http" | "https";
  /** Path of the metrics, or of the list of commands, with the prefix of all paths. */
  readonly path: string;
};

/** The job of the alerts, the dashboard and README.md. */
export const JOB = "memory";

/** The part of Prometheus' configuration that scrapes the exporter. What is Prometheus' default isn't said. */
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

/** The same where each command is a target by itself, scraped as often as it runs: Prometheus asks the exporter for the list. */
export function discoveryConfig({ targets, scheme, path }: Scraped): string {
  return [
    "scrape_configs:",
    `  - job_name: ${JOB}_commands`,
    "    http_sd_configs:",
    ...targets.map((target) => `      - url: ${JSON.stringify(`${scheme}://${target}${path}`)}`),
    "",
  ].join("\n");
}
