import { spawn } from "node:child_process";
import { createServer } from "node:http";

/**
 * The floor of many commands in one scrape: a server that starts a program COUNT times for each request by node:child_process,
 * AT_ONCE at the same time, keeps what each prints until it is closed, and answers with it: `node spawns.mjs PORT COUNT AT_ONCE
 * PROGRAM ARGUMENTS...`.
 */
const [port, count, atOnce, program, ...args] = process.argv.slice(2);

function run() {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"] });
    const chunks = [];
    child.stdout.on("data", (chunk) => chunks.push(chunk));
    child.stderr.resume();
    child.on("error", reject).on("close", () => resolve(Buffer.concat(chunks)));
  });
}

createServer(async (_request, response) => {
  const printed = [];
  let left = Number(count);
  const work = async () => {
    while (left-- > 0) printed.push(await run());
  };
  await Promise.all(Array.from({ length: Number(atOnce) }, work));
  response.end(Buffer.concat(printed));
}).listen(Number(port), "127.0.0.1");
