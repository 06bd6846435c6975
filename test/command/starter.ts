import { createInterface } from "node:readline";
import { startChild } from "../../src/command/child.ts";
import { WAYS } from "./ways.ts";

/**
 * Starts children in a way, in a process whose limits can be changed: `starter.ts WAY [UID]`. Each line of stdin is a list of
 * words. It is answered by a line: why the child could not be started, or how it ended and what it printed.
 */
const [, , name, uid] = process.argv;
const way = WAYS.find((one) => one.name === name);
if (way === undefined) throw new Error(`${name} isn't there`);
if (uid !== undefined) process.setuid?.(Number(uid));

// As the program does, which a signal that was ignored at its start would keep from hearing of its children.
process.on("SIGCHLD", () => {});
for await (const line of createInterface({ input: process.stdin })) {
  const started = startChild(way.startProcess, {
    argv: JSON.parse(line),
    environment: { PATH: "/usr/bin:/bin" },
    directory: "/",
    limitBytes: 1000,
  });
  console.log(typeof started === "string" ? started : await endOf(started));
}

async function endOf({ exited, closed, stdout }: Exclude<ReturnType<typeof startChild>, string>): Promise<string> {
  const exit = await exited;
  if (exit.how === "failed") return exit.reason;
  await closed;
  return `${exit.how === "code" ? exit.code : exit.signal} ${new TextDecoder().decode(stdout())}`.trim();
}
