import { createServer, type IncomingMessage } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import snappy from "snappyjs";
import { withExporter } from "../exporter.ts";
import { ask } from "../http.ts";
import { decode, double, messages, number, texts } from "../push/decode.ts";
import { PRINT_FREE, until, withPrograms } from "../stand_in.ts";

/** Serves and pushes once a second to a server that answers 500 for so long, and tells what came of it. */

export type Outage = {
  readonly seconds: number;
  readonly queueSize: string;
};

export type Outcome = {
  /** Requests that were answered with 500, and how many there can be in that time if each wait is as long as it has to be. */
  readonly refused: number;
  readonly refusedAtMost: number;
  /** What was stored, in the order in which it came. */
  readonly pages: readonly Page[];
  /** Answers of /-/healthy during the outage. */
  readonly healthy: ReadonlySet<number>;
};

/** A page that was pushed, by what it tells of itself. */
export type Page = {
  readonly atMs: number;
  /** Runs of the command, its own among them. */
  readonly run: number;
  /** Of the queue before it was added. */
  readonly queueLength: number;
  readonly queueBytes: number;
  readonly droppedBySize: number;
};

export function measureOutage({ seconds, queueSize }: Outage): Promise<Outcome> {
  const pages: Page[] = [];
  let refused = 0;
  let isBroken = true;
  const server = createServer(async (request, response) => {
    const page = pageOf(await bodyOf(request));
    if (isBroken) refused += 1;
    else if (page) pages.push(page);
    response.writeHead(isBroken ? 500 : 204).end();
  });
  return withListening(server, (url) =>
    withPrograms({ free: PRINT_FREE }, (env) => {
      const args = [
        ...["--command.preset=free", "--command=free -b -w", "--push.protocol=remote-write", `--push.url=${url}`],
        ...["--push.interval=1s", `--push.queue-size=${queueSize}`],
      ];
      return withExporter({ args, env }, async ({ url: own, kill, ended }) => {
        const healthy = new Set<number>();
        const began = performance.now();
        while (performance.now() - began < seconds * 1000) {
          healthy.add((await ask(`${own}/-/healthy`)).status);
          await sleep(1000);
        }
        isBroken = false;
        const refusedAtMost = attemptsWithin(performance.now() - began);
        const brokenUntilMs = Date.now();
        await until("caught up", () =>
          pages.some(({ atMs, queueLength }) => atMs > brokenUntilMs && queueLength === 0),
        );
        kill("SIGTERM");
        await ended;
        return { refused, refusedAtMost, pages, healthy };
      });
    }),
  );
}

/** Attempts that fit into a time, with waits of 30 ms that double up to 5 s. */
function attemptsWithin(ms: number): number {
  let attempts = 1;
  for (let [at, wait] = [30, 30]; at <= ms; at += wait) {
    attempts += 1;
    wait = Math.min(2 * wait, 5000);
  }
  return attempts;
}

async function withListening<T>(server: ReturnType<typeof createServer>, use: (url: string) => Promise<T>): Promise<T> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  try {
    return await use(`http://127.0.0.1:${typeof address === "object" ? address?.port : 0}/write`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

async function bodyOf(request: IncomingMessage): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** A request of remote write 1.0; undefined for that at the end, which only has markers of series that ended. */
function pageOf(body: Uint8Array): Page | undefined {
  const samples = new Map<string, { readonly value: number; readonly atMs: number }>();
  for (const series of messages(decode(snappy.uncompress(body)), 1)) {
    const labels = Object.fromEntries(messages(series, 1).map((label) => [texts(label, 1)[0], texts(label, 2)[0]]));
    const [sample] = messages(series, 2);
    if (!sample) continue;
    const key = [labels.__name__, labels.outcome ?? labels.reason ?? ""].join(" ").trim();
    samples.set(key, { value: double(sample, 1) ?? Number.NaN, atMs: number(sample, 2) ?? Number.NaN });
  }
  const value = (name: string) => samples.get(`memory_exporter_${name}`)?.value ?? Number.NaN;
  const run = value("command_runs_total ok");
  if (Number.isNaN(run)) return undefined;
  return {
    atMs: samples.get("memory_up")?.atMs ?? Number.NaN,
    run,
    queueLength: value("push_queue_length"),
    queueBytes: value("push_queue_bytes"),
    droppedBySize: value("push_dropped_samples_total size"),
  };
}
