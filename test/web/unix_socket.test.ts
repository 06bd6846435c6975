import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { onDeno } from "../../src/web/runtime.ts";
import { claimSocketPath, socketPath, withSocketMode } from "../../src/web/unix_socket.ts";
import { withFolder } from "../stand_in.ts";

/** Runs `use` while a server listens on a path. */
async function withSocket(path: string, use: () => Promise<void>): Promise<void> {
  const server = createServer();
  await new Promise<void>((resolve) => withSocketMode(() => server.listen({ path }, resolve)));
  try {
    await use();
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
}

/** Leaves the socket of a process that was killed. */
async function leaveSocket(path: string): Promise<void> {
  const script = `require("node:net").createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, "SIGKILL"))`;
  const child = spawn(process.execPath, onDeno() ? ["eval", "--ext=cjs", script] : ["-e", script], { stdio: "ignore" });
  await new Promise((resolve) => child.once("exit", resolve));
  assert.ok(existsSync(path));
}

function claim(path: string): Promise<string> {
  return claimSocketPath(path).then(
    () => "claimed",
    (error: Error) => error.message,
  );
}

test("a new socket has mode 0660, independent of the umask, which isn't changed", () =>
  withFolder(async (directory) => {
    for (const mask of [0, 0o22, 0o77]) {
      const before = process.umask(mask);
      const path = join(directory, `${mask}.sock`);
      await withSocket(path, async () => assert.is(statSync(path).mode & 0o777, 0o660));
      assert.is(process.umask(before), mask);
    }
    const failing = () => {
      throw new Error("no socket");
    };
    assert.throws(() => withSocketMode(failing), "no socket");
    assert.is.not(process.umask(), 0o117);
  }));

test("an unused path, or the socket of a dead process, can be claimed", () =>
  withFolder(async (directory) => {
    const path = join(directory, "a.sock");
    assert.is(await claim(path), "claimed");
    await leaveSocket(path);
    assert.is(await claim(path), "claimed");
    assert.not.ok(existsSync(path));
  }));

test("a socket with a listener is in use", () =>
  withFolder((directory) => {
    const path = join(directory, "a.sock");
    return withSocket(path, async () => {
      assert.is(await claim(path), "address already in use");
      assert.ok(existsSync(path));
    });
  }));

test("no other file is removed", () =>
  withFolder(async (directory) => {
    const path = (name: string) => join(directory, name);
    await leaveSocket(path("a.sock"));
    writeFileSync(path("file"), "precious");
    symlinkSync(path("a.sock"), path("link"));
    symlinkSync(path("nowhere"), path("dangling"));
    mkdirSync(path("folder"));
    for (const name of ["file", "link", "dangling", "folder"]) {
      assert.is(await claim(path(name)), "a file that is not a socket exists there");
    }
    assert.is(readFileSync(path("file"), "utf8"), "precious");
    assert.is(await claim(path("none/a.sock")), "no such directory");
    assert.is(await claim(path("file/a.sock")), "no such directory");
  }));

test("other descriptors have no socket path", () => {
  assert.is(socketPath(0), undefined);
  assert.is(socketPath(9999), undefined);
});

test.run();
