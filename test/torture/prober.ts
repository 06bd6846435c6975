import { connect } from "node:net";

/**
 * Asks for /-/healthy on new connections, every 50 ms at each port, until stdin ends; then writes how long the answers
 * took. In a process of its own, so that nothing else takes time from it.
 *
 *     node test/torture/prober.ts PORT…
 */

export type Probed = {
  readonly asked: number;
  /** Of the slowest whole answer. */
  readonly worstMs: number;
  /** Probes without the right answer. */
  readonly failures: readonly string[];
};

const EVERY_MS = 50;
/** A guard against what never answers. */
const LIMIT_MS = 180_000;
const REQUEST = "GET /-/healthy HTTP/1.1\r\nHost: prober\r\nConnection: close\r\n\r\n";

/** Resolves with the milliseconds from the start to the whole answer. */
function probe(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const began = performance.now();
    const socket = connect({ port, host: "127.0.0.1" });
    let text = "";
    socket.setTimeout(LIMIT_MS, () => socket.destroy(new Error(`no answer within ${LIMIT_MS} ms`)));
    socket.on("connect", () => socket.write(REQUEST));
    socket.on("data", (chunk) => {
      text += chunk;
    });
    socket.on("error", reject);
    socket.on("close", () => {
      if (/^HTTP\/1\.1 200 [\s\S]*Healthy\.\n$/.test(text)) resolve(performance.now() - began);
      else reject(new Error(`answered ${JSON.stringify(text.slice(0, 60))}`));
    });
  });
}

function watch(port: number): () => Promise<Probed> {
  const underWay = new Set<Promise<void>>();
  const failures: string[] = [];
  let asked = 0;
  let worstMs = 0;
  const timer = setInterval(() => {
    asked += 1;
    const done: Promise<void> = probe(port)
      .then((ms) => {
        worstMs = Math.max(worstMs, ms);
      })
      .catch((error: Error) => {
        failures.push(error.message);
      })
      .finally(() => underWay.delete(done));
    underWay.add(done);
  }, EVERY_MS);
  return async () => {
    clearInterval(timer);
    await Promise.all(underWay);
    return { asked, worstMs, failures };
  };
}

const stops = process.argv.slice(2).map((port) => watch(Number(port)));
process.stdin.resume().on("end", async () => {
  console.log(JSON.stringify(await Promise.all(stops.map((stop) => stop()))));
  process.exit();
});
