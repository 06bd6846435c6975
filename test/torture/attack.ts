import { readFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { ATTACKS, type Attack } from "./attacks.ts";

/**
 * Runs one attack until stdin ends, in a process of its own, so that it takes no time from the test.
 * Writes a line once all connections were tried, and one with what came of it at the end.
 *
 *     node test/torture/attack.ts NAME PORT
 */

export type Tally = {
  /** Connections that the open files of this process allow. */
  readonly connections: number;
  opened: number;
  refused: number;
  /** Connections that the exporter ended. */
  closed: number;
  /** Answers by status. */
  readonly statuses: Record<string, number>;
};

const TICK_MS = 20;
/** For what a process has open besides. */
const SPARE_FILES = 100;

function openFilesLimit(): number {
  const [, limit] = /^Max open files\s+(\d+)/m.exec(readFileSync("/proc/self/limits", "utf8")) ?? [];
  return Number(limit ?? Number.POSITIVE_INFINITY);
}

function run(attack: Attack, port: number): void {
  const connections = Math.min(attack.connections, openFilesLimit() - SPARE_FILES);
  const tally: Tally = { connections, opened: 0, refused: 0, closed: 0, statuses: {} };
  const sockets = new Set<Socket>();
  let started = 0;
  let settled = 0;
  let ending = false;

  const open = (index: number, settle?: () => void) => {
    const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: attack.deaf ?? false });
    sockets.add(socket);
    socket.once("connect", () => {
      tally.opened += 1;
      settle?.();
      if (attack.deaf) socket.pause();
      else socket.on("data", (chunk: Buffer) => count(tally, chunk));
      attack.act(socket, index);
    });
    socket.once("connectionAttemptFailed", () => {
      tally.refused += 1;
      settle?.();
    });
    socket.on("error", () => {});
    socket.once("close", () => {
      sockets.delete(socket);
      if (ending) return;
      tally.closed += 1;
      if (attack.againAfterMs !== undefined) setTimeout(() => ending || open(index), attack.againAfterMs);
    });
  };

  const settle = () => {
    settled += 1;
    if (settled === connections) console.log("ready");
  };
  const began = performance.now();
  const timer = setInterval(() => {
    const due = Math.min(connections, Math.ceil(((performance.now() - began) / 1000) * attack.perSecond));
    while (started < due) open(started++, settle);
    if (started === connections) clearInterval(timer);
  }, TICK_MS);

  process.stdin.resume().on("end", () => {
    ending = true;
    for (const socket of sockets) socket.destroy();
    console.log(JSON.stringify(tally));
    process.exit();
  });
}

function count(tally: Tally, chunk: Buffer): void {
  for (const [, status = ""] of chunk.toString("latin1").matchAll(/^HTTP\/1\.[01] (\d{3})/gm)) {
    tally.statuses[status] = (tally.statuses[status] ?? 0) + 1;
  }
}

const [name, port] = process.argv.slice(2);
const attack = ATTACKS.find((one) => one.name === name);
if (attack === undefined) throw new Error(`Unknown attack ${name}`);
run(attack, Number(port));
