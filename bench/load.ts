import { type Connection, open, type Place } from "./client.ts";

/**
 * Generates the load of many scrapers, in a separate process: `node load.ts PORT PATH CONNECTIONS SECONDS`. Each connection sends the
 * next request as soon as it has its answer. Prints a `Load` as one line of JSON.
 */
export type Load = { readonly perSecond: number; readonly failed: number; readonly latenciesMs: readonly number[] };

async function scrapeUntil(end: number, connection: Connection, path: string, latenciesMs: number[]): Promise<void> {
  for (let began = performance.now(); began < end; ) {
    await connection.get(path);
    const now = performance.now();
    latenciesMs.push(now - began);
    began = now;
  }
}

async function load({ port, path }: Place, scrapers: number, seconds: number): Promise<Load> {
  const connections = await Promise.all(Array.from({ length: scrapers }, () => open(port)));
  const latenciesMs: number[] = [];
  const began = performance.now();
  const end = began + 1000 * seconds;
  const results = await Promise.allSettled(connections.map((one) => scrapeUntil(end, one, path, latenciesMs)));
  const tookSeconds = (performance.now() - began) / 1000;
  for (const connection of connections) connection.close();
  const failed = results.filter((result) => result.status === "rejected").length;
  return { perSecond: latenciesMs.length / tookSeconds, failed, latenciesMs };
}

const [port, path = "/metrics", scrapers, seconds] = process.argv.slice(2);
const result = await load({ port: Number(port), path }, Number(scrapers), Number(seconds));
const rounded = result.latenciesMs.map((ms) => Number(ms.toFixed(3)));
process.stdout.write(JSON.stringify({ ...result, latenciesMs: rounded } satisfies Load));
