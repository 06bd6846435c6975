import { spawn } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { listen } from "../../src/web/listen.ts";
import { onDeno } from "../../src/web/runtime.ts";
import { collect } from "../exporter.ts";
import { ask } from "../http.ts";
import { answerOk, keptLog, UNOBSERVED, withListeners } from "../listeners.ts";
import { freePort } from "../servers.ts";
import { until, withFolder } from "../stand_in.ts";
import { needs, testWhere } from "../tools.ts";

/** Why it can't listen there; whatever it opened meanwhile is closed again. */
async function refusal(...addresses: readonly string[]): Promise<string> {
  const { log, lines } = keptLog();
  const message = await listen({ addresses, observer: UNOBSERVED }, answerOk, log).then(
    () => "none",
    (error: Error) => error.message,
  );
  for (const [, , { address }] of lines) assert.not.ok(await answers(String(address)));
  return message;
}

function answers(address: string): Promise<boolean> {
  const [host = "", port = ""] = address.split(":");
  return new Promise((resolve) => {
    const socket = connect({ host, port: Number(port) });
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });
}

test("several addresses, each logged with its port", () =>
  withListeners({ addresses: ["127.0.0.1:0", "localhost:0"] }, async ({ listeners, lines }) => {
    for (const { address } of listeners) {
      assert.match(address, /^(127\.0\.0\.1|\[::1\]):[1-9]\d*$/);
      assert.is((await ask(`http://${address}/a`)).text, "ok /a\n");
    }
    const told = listeners.flatMap(({ address }) => [
      ["info", "Listening on", { address }],
      ["info", "TLS is disabled.", { http2: false, address }],
    ]);
    assert.equal(lines, told);
  }));

const hasIpv6 = Object.values(networkInterfaces()).some((addresses) =>
  addresses?.some(({ address }) => address === "::1"),
);

testWhere(hasIpv6)("an address of IPv6", () =>
  withListeners({ addresses: ["[::1]:0"] }, async ({ address }) => {
    assert.match(address, /^\[::1\]:\d+$/);
    assert.is((await ask(`http://${address}/a`)).status, 200);
  }),
);

test("a port alone is all addresses, of IPv4 and IPv6", () =>
  withListeners({ addresses: [":0"] }, async ({ address }) => {
    assert.match(address, /^(\[::\]|0\.0\.0\.0):\d+$/);
    const port = address.split(":").at(-1);
    assert.is((await ask(`http://127.0.0.1:${port}/a`)).status, 200);
    if (hasIpv6) assert.is((await ask(`http://[::1]:${port}/a`)).status, 200);
  }));

test("an address that can't be used is reported in one line, and nothing stays open", () =>
  withListeners({}, async ({ address }) => {
    assert.is(await refusal("127.0.0.1:0", address), `Cannot listen on ${address}: address already in use`);
    assert.is(await refusal(address, "127.0.0.1:0"), `Cannot listen on ${address}: address already in use`);
    assert.is(
      await refusal("127.0.0.1:0", "no-such-host.invalid:9101"),
      "Cannot listen on no-such-host.invalid:9101: unknown host",
    );
    assert.match(await refusal("127.0.0.1:0", "192.0.2.1:0"), /^Cannot listen on 192\.0\.2\.1:0: [^\n]+$/);
    assert.match(await refusal("127.0.0.1:0", "9101"), /^Invalid listen address "9101": missing port/);
    assert.is(
      await refusal("127.0.0.1:0", "unix:/nowhere/at/all"),
      "Cannot listen on unix:/nowhere/at/all: no such directory",
    );
  }));

test("an invalid web configuration is reported with its place, and nothing is listened on", () =>
  withFolder(async (directory) => {
    const webConfigFile = join(directory, "web.yml");
    writeFileSync(webConfigFile, "basic_auth_users: {alice: plain}\n");
    const { log, lines } = keptLog();
    const opened = listen({ addresses: ["127.0.0.1:0"], webConfigFile, observer: UNOBSERVED }, answerOk, log);
    await opened.then(
      () => assert.unreachable(),
      (error: Error) => assert.match(error.message, /web\.yml:1:27: basic_auth_users\.alice: found no bcrypt hash/),
    );
    assert.equal(lines, []);
  }));

test("with few descriptors the number of connections is limited, and a new client is still answered", () =>
  withListeners({ descriptorLimit: 80 }, async ({ address }) => {
    const [host = "", port = ""] = address.split(":");
    let [connected, closed] = [0, 0];
    const idle = Array.from({ length: 20 }, () =>
      connect({ host, port: Number(port) }, () => (connected += 1))
        .once("close", () => (closed += 1))
        .on("error", () => {})
        .resume(),
    );
    await until("all to be there", () => connected === idle.length);
    await until("all but a few to be closed", () => idle.length - closed <= 8);
    assert.is((await ask(`http://${address}/a`)).status, 200);
    assert.ok(closed < idle.length, "some are left");
    for (const socket of idle) socket.destroy();
  }));

/** All that a client gets that connects and then does as told. */
async function said(address: string, act: (socket: Socket) => Promise<void> | void): Promise<string> {
  const [host = "", port = ""] = address.split(":");
  const socket = connect({ host, port: Number(port), allowHalfOpen: true });
  const text = collect(socket);
  const closed = new Promise((resolve) => socket.once("close", resolve));
  socket.once("end", () => socket.end());
  await act(socket);
  await closed;
  return text();
}

test("a client that disconnects without a request is removed at once", () =>
  withListeners({}, async ({ address }) => {
    // It is not the time limits of requests that end it: one that comes later and says nothing either is still there.
    const silent = connect({ host: "127.0.0.1", port: Number(address.split(":")[1]) });
    await new Promise((resolve) => silent.once("connect", resolve));
    assert.is(await said(address, (socket) => void socket.end()), "");
    assert.is(silent.readyState, "open");
    silent.destroy();
  }));

test("a request that comes byte by byte is answered", () =>
  withListeners({}, async ({ address }) => {
    const text = await said(address, async (socket) => {
      for (const byte of "GET /a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n") {
        socket.write(byte);
        await wait(1);
      }
    });
    assert.match(text, /^HTTP\/1\.1 200 OK\r\n[\s\S]*\r\n\r\nok \/a\n$/);
  }));

const withActivation = onDeno() ? testWhere(false) : needs("systemd-socket-activate", "--version") ? test : test.skip;

withActivation("sockets of systemd are listened on instead of the addresses", () =>
  withFolder(async (directory) => {
    const path = join(directory, "a.sock");
    const port = await freePort();
    const script = fileURLToPath(new URL("activated.ts", import.meta.url));
    const child = spawn("systemd-socket-activate", ["-l", `127.0.0.1:${port}`, "-l", path, process.execPath, script]);
    const [out, err] = [collect(child.stdout), collect(child.stderr)];
    const ended = new Promise((resolve) => child.once("exit", resolve));
    try {
      await until("both sockets", () => /as 4/.test(err()));
      assert.is((await ask(`http://127.0.0.1:${port}/a`)).text, "ok /a\n");
      assert.is((await ask("http://localhost/b", { socketPath: path })).text, "ok /b\n");
      assert.equal(JSON.parse(out()), [
        ["info", "Listening on systemd activated listeners instead of port listeners.", {}],
        ["info", "Listening on", { address: `127.0.0.1:${port}` }],
        ["info", "TLS is disabled.", { http2: false, address: `127.0.0.1:${port}` }],
        ["info", "Listening on", { address: `unix:${path}` }],
        ["info", "TLS is disabled.", { http2: false, address: `unix:${path}` }],
      ]);
      await ask(`http://127.0.0.1:${port}/end`);
      assert.is(await ended, 0);
      assert.ok(existsSync(path), "the socket is systemd's");
    } finally {
      child.kill("SIGKILL");
      await ended;
    }
  }),
);

test("a descriptor that is no socket is refused", async () => {
  const { log } = keptLog();
  await listen({ addresses: [], sockets: [999], observer: UNOBSERVED }, answerOk, log).then(
    () => assert.unreachable(),
    (error: Error) =>
      assert.match(error.message, /^Cannot listen on descriptor 999: it is not a listening stream socket/),
  );
});

test.run();
