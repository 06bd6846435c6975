import { existsSync, statSync, writeFileSync } from "node:fs";
import { connect, createServer, type Server } from "node:net";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { run, withExporter } from "../exporter.ts";
import { ask, scrape } from "../http.ts";
import { until, withFolder } from "../stand_in.ts";

const HAS_IPV6 = existsSync("/proc/net/if_inet6");

/** A port that is taken for as long as it is used. */
async function withTakenPort<T>(use: (port: number) => Promise<T>): Promise<T> {
  const server: Server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  try {
    return await use(typeof address === "object" && address ? address.port : 0);
  } finally {
    server.close();
  }
}

/** Lines of the log with this level. */
const linesAt = (level: string, log: string) => log.split("\n").filter((line) => line.includes(` level=${level} `));

test("it listens on every address that is named", async () => {
  await withFolder((folder) =>
    withExporter({ listen: ["127.0.0.1:0", "localhost:0", `unix:${folder}/sock`] }, async ({ addresses, logged }) => {
      await until("three listeners", () => addresses().length === 3);
      const [first = "", second = "", third] = addresses();
      assert.match(first, /^127\.0\.0\.1:\d+$/);
      assert.match(second, /^(127\.0\.0\.1|\[::1\]):\d+$/);
      assert.is(third, `unix:${folder}/sock`);
      for (const address of [first, second]) assert.match(await scrape(`http://${address}`), /^memory_up 1$/m);
      const { status, text } = await ask("http://localhost/-/healthy", { socketPath: `${folder}/sock` });
      assert.equal([status, text], [200, "memory_exporter is Healthy.\n"]);
      const said = (await logged()).match(/msg="TLS is disabled\." http2=false address=.*/g) ?? [];
      assert.equal(
        said.map((line) => line.slice(line.lastIndexOf("=") + 1)),
        addresses(),
      );
    }),
  );
});

test("without a host it listens on IPv6 and IPv4, as far as the machine has them", async () => {
  await withExporter({ listen: [":0"] }, async ({ addresses }) => {
    const [, host, port] = /^(.*):(\d+)$/.exec(addresses()[0] ?? "") ?? [];
    assert.is(host, HAS_IPV6 ? "[::]" : "0.0.0.0");
    for (const one of HAS_IPV6 ? ["127.0.0.1", "[::1]"] : ["127.0.0.1"]) {
      assert.is((await ask(`http://${one}:${port}/-/healthy`)).status, 200, one);
    }
  });
});

async function listensOnIpv6(): Promise<void> {
  await withExporter({ listen: ["[::1]:0"] }, async ({ addresses, url }) => {
    assert.match(addresses()[0] ?? "", /^\[::1\]:\d+$/);
    assert.match(await scrape(url), /^memory_up 1$/m);
  });
}
if (HAS_IPV6) test("an IPv6 address goes in brackets", listensOnIpv6);

test("a socket is for owner and group, goes with the exporter, and replaces a dead one only", async () => {
  await withFolder(async (folder) => {
    const path = join(folder, "sock");
    const options = { listen: [`unix:${path}`] };
    await withExporter(options, async (exporter) => {
      assert.is(statSync(path).mode & 0o777, 0o660);
      const second = await run({ args: [`--web.listen-address=unix:${path}`] });
      assert.is(second.code, 1);
      assert.match(second.stderr, /level=ERROR msg="Cannot listen on unix:.*sock: address already in use"\n$/);
      exporter.kill("SIGKILL");
      await exporter.ended;
    });
    assert.ok(existsSync(path), "wanted what a killed exporter leaves");
    await withExporter(options, () => answers(path));
    assert.not.ok(existsSync(path));
    writeFileSync(path, "a file of somebody");
    const { code, stderr } = await run({ args: [`--web.listen-address=unix:${path}`] });
    assert.is(code, 1);
    assert.match(stderr, /Cannot listen on unix:.*sock: a file that is not a socket exists there/);
    assert.is(statSync(path).size, 18);
  });
});

function answers(path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ path }, () => {
      socket.destroy();
      resolve();
    });
    socket.once("error", reject);
  });
}

test("an address that can't be had ends the start, and nothing is left open", async () => {
  await withTakenPort(async (port) => {
    await withFolder(async (folder) => {
      const args = [`--web.listen-address=unix:${folder}/sock`, `--web.listen-address=127.0.0.1:${port}`];
      const { code, stderr, stdout } = await run({ args });
      assert.is(code, 1);
      assert.is(stdout, "");
      assert.equal(
        linesAt("ERROR", stderr).map((line) => line.replace(/^time=\S+ /, "")),
        [`level=ERROR msg="Cannot listen on 127.0.0.1:${port}: address already in use"`],
      );
      assert.not.match(stderr, /Listening on|\n {4}at /);
      assert.not.ok(existsSync(join(folder, "sock")));
    });
  });
  const elsewhere = await run({ args: ["--web.listen-address=192.0.2.1:0"] });
  assert.is(elsewhere.code, 1);
  assert.match(elsewhere.stderr, /level=ERROR msg="Cannot listen on 192\.0\.2\.1:0: [^\n]+"\n$/);
});

test.run();
