import { chmodSync, existsSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { parseAddress } from "../../src/web/address.ts";
import { bind } from "../../src/web/bind.ts";
import { ask } from "../http.ts";
import { withListeners } from "../listeners.ts";
import { withFolder } from "../stand_in.ts";
import { withoutRights } from "../tools.ts";

/** Where it listens, or why it doesn't. */
async function bound(address: string, use: (server: Server) => Promise<void> = async () => {}): Promise<string> {
  const server = createServer();
  try {
    const shown = await bind(server, parseAddress(address));
    await use(server);
    await new Promise((resolve) => server.close(resolve));
    return shown;
  } catch (error) {
    assert.is(server.listening, false);
    return error instanceof Error ? error.message : "";
  }
}

test("bind() tells the address with its port", async () => {
  assert.match(await bound("127.0.0.1:0"), /^127\.0\.0\.1:[1-9]\d*$/);
  assert.match(await bound(":0"), /^(\[::\]|0\.0\.0\.0):[1-9]\d*$/);
});

test("bind() says in one line why it can't", () =>
  withListeners({}, async ({ address }) => {
    assert.is(await bound(address), `Cannot listen on ${address}: address already in use`);
    assert.is(await bound("no-such-host.invalid:9101"), "Cannot listen on no-such-host.invalid:9101: unknown host");
    assert.match(await bound("192.0.2.1:0"), /^Cannot listen on 192\.0\.2\.1:0: [^\n]+$/);
    assert.is(await bound("unix:/nowhere/at/all"), "Cannot listen on unix:/nowhere/at/all: no such directory");
  }));

test("a unix socket goes away with its server", () =>
  withFolder(async (directory) => {
    const path = join(directory, "a.sock");
    assert.is(await bound(`unix:${path}`, async () => assert.ok(existsSync(path))), `unix:${path}`);
    assert.not.ok(existsSync(path));
  }));

test("a unix socket is served on like a port", () =>
  withFolder(async (directory) => {
    const path = join(directory, "a b.sock");
    await withListeners({ addresses: [`unix:${path}`] }, async ({ address }) => {
      assert.is(address, `unix:${path}`);
      assert.is((await ask("http://localhost/a", { socketPath: path })).text, "ok /a\n");
    });
  }));

test("a directory that can't be written to is said", () =>
  withFolder(async (directory) => {
    chmodSync(directory, 0o555);
    const said = await withoutRights(() => bound(`unix:${directory}/a`));
    assert.is(said, `Cannot listen on unix:${directory}/a: permission denied`);
  }));

test.run();
