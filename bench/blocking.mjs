import { subscribe } from "node:diagnostics_channel";
import { writeSync } from "node:fs";

/**
 * Runs a server, and prints for each request the longest time, in ms, for which the event loop was kept from its other work
 * while the request was answered: `node blocking.mjs SCRIPT ARGUMENTS...`. A chain of setImmediate shows it to the microsecond,
 * where perf_hooks' monitorEventLoopDelay only sees whole milliseconds.
 */
let inFlight = 0;
let longest = 0;
let last = 0;

function look() {
  const now = performance.now();
  longest = Math.max(longest, now - last);
  last = now;
  if (inFlight > 0) setImmediate(look);
}

subscribe("http.server.request.start", () => {
  inFlight += 1;
  if (inFlight > 1) return;
  longest = 0;
  last = performance.now();
  setImmediate(look);
});
subscribe("http.server.response.finish", () => {
  inFlight -= 1;
  look();
  writeSync(1, `${longest.toFixed(3)}\n`);
});

process.argv.splice(1, 1);
await import(process.argv[1]);
