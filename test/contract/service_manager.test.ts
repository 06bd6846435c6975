import { spawn } from "node:child_process";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { collect, withExporter } from "../exporter.ts";
import { until, withFolder } from "../stand_in.ts";

/** A service manager by sd_notify(3): says `bound`, then each datagram with `|` for its line ends. */
const MANAGER = `
import socket, sys
manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
manager.bind(sys.argv[1].replace("@", "\\0"))
print("bound", flush=True)
while True:
    print(manager.recv(4096).decode().replace("\\n", "|"), flush=True)
`;

async function withManager(address: string, use: (told: () => readonly string[]) => Promise<void>): Promise<void> {
  const manager = spawn("python3", ["-c", MANAGER, address], { stdio: ["ignore", "pipe", "inherit"] });
  const printed = collect(manager.stdout);
  const told = () => printed().split("\n").slice(1, -1);
  try {
    await until("the socket", () => printed().startsWith("bound\n"));
    await use(told);
  } finally {
    manager.kill("SIGKILL");
  }
}

/** Starts the product with stderr as the stream of the journal. */
const JOURNAL = ["sh", "-c", 'JOURNAL_STREAM=$(stat -L -c %d:%i /proc/self/fd/2) exec "$@"', "sh"];

for (const kind of ["path", "abstract"]) {
  test(`the service manager is told of start, reload and stop (${kind})`, () =>
    withFolder((folder) => {
      const address = kind === "path" ? join(folder, "notify") : `@${folder}`;
      return withManager(address, async (told) => {
        await withExporter({ env: { NOTIFY_SOCKET: address } }, async ({ kill, ended }) => {
          await until("ready", () => told().length > 0);
          assert.equal(told(), ["READY=1"]);
          kill("SIGHUP");
          await until("reloaded", () => told().length === 3);
          assert.match(told()[1] ?? "", /^RELOADING=1\|MONOTONIC_USEC=\d+$/);
          assert.is(told()[2], "READY=1");
          kill("SIGTERM");
          await ended;
          await until("stopping", () => told().length === 4);
          assert.is(told()[3], "STOPPING=1");
        });
      });
    }));
}

test("a service manager that can't be told is no reason to end", () =>
  withExporter({ env: { NOTIFY_SOCKET: "/nonexistent/socket" } }, async ({ log }) => {
    await until("the warning", () => log().includes("use Type=exec"));
  }));

test("lines for the journal begin with their priority, others don't", async () => {
  await withExporter({ under: JOURNAL, args: ["--command=free -b; exit 3"] }, async ({ log }) => {
    await until("a warning", () => /^<4>time=\S+ level=WARN msg="Command failed"/m.test(log()));
    assert.match(log(), /^<6>time=\S+ level=INFO msg="Starting memory_exporter"/);
  });
  await withExporter({ env: { JOURNAL_STREAM: "1:1" } }, async ({ log }) => {
    assert.match(log(), /^time=/);
  });
});

test.run();
