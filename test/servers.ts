import { spawn } from "node:child_process";
import { createServer } from "node:net";
import { homedir } from "node:os";
import { join } from "node:path";
import { collect } from "./exporter.ts";
import { ask } from "./http.ts";
import { until, withFolder } from "./stand_in.ts";
import { tied } from "./tied.ts";
import { needs } from "./tools.ts";

/** Where test/forky.sh unpacks what this Debian release has in older versions only. */
const FORKY = join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "memory_exporter-test/forky");

/** Paths of the servers and tools of test/forky.sh: Prometheus 3 with OTLP compiled out, Pushgateway, VictoriaMetrics. */
export const PROMETHEUS_3 = join(FORKY, "prometheus/usr/bin/prometheus");
export const PROMTOOL_3 = join(FORKY, "promtool/usr/bin/promtool");
export const PUSHGATEWAY = join(FORKY, "prometheus-pushgateway/usr/bin/prometheus-pushgateway");
export const VICTORIA_METRICS = join(FORKY, "victoria-metrics/usr/bin/victoria-metrics");

/** Whether one of them is there; if not, says that `sh test/forky.sh` fetches it, and throws with REQUIRE_TOOLS=1 as `needs` does. */
export const hasPushgateway = () => needs(PUSHGATEWAY, "--version");
export const hasVictoriaMetrics = () => needs(VICTORIA_METRICS, "--version");
export const hasPrometheus3 = () => needs(PROMETHEUS_3, "--version") && needs(PROMTOOL_3, "--version");

/** A server that runs: the address that it was asked to listen on, and what it has logged so far. */
export type Server = { readonly url: string; readonly log: () => string };

/** How a server is started in a folder of its own, listening on `listen`, and the path that answers 200 once it is ready. */
export type ServerKind = {
  readonly program: string;
  readonly args: (listen: string, folder: string) => readonly string[];
  readonly ready: string;
};

export const PUSHGATEWAY_SERVER: ServerKind = {
  program: PUSHGATEWAY,
  // Debian's keeps its groups in one place for all.
  args: (listen, folder) => [`--web.listen-address=${listen}`, `--persistence.file=${folder}/groups`],
  ready: "/-/ready",
};

/** What was written can be queried after a GET of /internal/force_flush, and from the next full second on. */
export const VICTORIA_METRICS_SERVER: ServerKind = {
  program: VICTORIA_METRICS,
  args: (listen, folder) => [
    `-httpListenAddr=${listen}`,
    `-storageDataPath=${folder}/data`,
    "-search.latencyOffset=0s",
    "-search.disableCache",
    "-memory.allowedBytes=64MB",
  ],
  ready: "/health",
};

/** A port that nobody has at this moment. */
export function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer();
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}

/** A free port may be taken by another before the server listens: then it ends, and another port is tried. */
const PORTS = 5;
const END_LIMIT_MS = 10_000;

/** Runs a server on a free port of 127.0.0.1, with a folder of its own if none is given, until `use` has ended. */
export async function withServer<T>(
  kind: ServerKind,
  use: (server: Server) => Promise<T>,
  folder?: string,
): Promise<T> {
  if (folder === undefined) return withFolder((own) => withServer(kind, use, own));
  for (let port = 1; ; port += 1) {
    const started = await startServer(kind, folder);
    try {
      if (started.listens) return await use(started);
      if (port === PORTS || !/address already in use/.test(started.log())) {
        throw new Error(`${kind.program} does not listen:\n${started.log()}`);
      }
    } finally {
      await started.stop();
    }
  }
}

async function startServer({ program, args, ready }: ServerKind, folder: string) {
  const listen = `127.0.0.1:${await freePort()}`;
  const [first, ...words] = tied([program, ...args(listen, folder)]);
  const child = spawn(first, words, { cwd: folder, stdio: ["ignore", "ignore", "pipe"] });
  const log = collect(child.stderr);
  let runs = true;
  const ended = new Promise<void>((resolve) => {
    const end = () => {
      runs = false;
      resolve();
    };
    child.once("exit", end);
    child.once("error", end);
  });
  const stop = async () => {
    child.kill("SIGTERM");
    const timer = setTimeout(() => child.kill("SIGKILL"), END_LIMIT_MS);
    await ended;
    clearTimeout(timer);
  };
  const url = `http://${listen}`;
  const answers = async () => (await ask(`${url}${ready}`).catch(() => undefined))?.status === 200;
  try {
    await until(`${program} ready`, async () => !runs || (await answers()));
  } catch (error) {
    await stop();
    throw error;
  }
  return { url, log, stop, listens: runs };
}
