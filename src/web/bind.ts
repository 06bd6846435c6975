// Listens on addresses: with readable errors, without IPv6 if the machine has none, and on unix sockets with mode 0660.
// Tested by test/web/bind.test.ts and test/web/unix_socket.test.ts.

import type { Server } from "node:net";
import { codeOf, reasonOf } from "../system_error.ts";
import { type Address, formatAddress, formatHostAndPort } from "./address.ts";
import { claimSocketPath, socketPath, withSocketMode } from "./unix_socket.ts";

/** Errors of a machine without IPv6, after which `:port` listens on IPv4. */
const WITHOUT_IPV6 = new Set(["EAFNOSUPPORT", "EADDRNOTAVAIL", "EINVAL"]);

/** The errors of runtimes differ, and some are just EINVAL. */
const NO_LISTENER = "it is not a listening stream socket, wanted one from ListenStream= of systemd";

/**
 * Makes a server listen. Resolves to the address for logs.
 * Rejects with one line: `Cannot listen on 127.0.0.1:9101: address already in use`.
 */
export async function bind(server: Server, address: Address): Promise<string> {
  try {
    return await listenOn(server, address);
  } catch (error) {
    const reason = address.kind === "descriptor" ? NO_LISTENER : reasonOf(error);
    throw new Error(`Cannot listen on ${formatAddress(address)}: ${reason}`);
  }
}

async function listenOn(server: Server, address: Address): Promise<string> {
  switch (address.kind) {
    case "descriptor":
      await listening(server, () => server.listen({ fd: address.descriptor }));
      return bound(server) ?? socketPath(address.descriptor) ?? formatAddress(address);
    case "unix":
      await claimSocketPath(address.path);
      await listening(server, () => withSocketMode(() => server.listen({ path: address.path })));
      return formatAddress(address);
    case "tcp":
      await listenOnTcp(server, address.host, address.port);
      return bound(server) ?? formatAddress(address);
  }
}

async function listenOnTcp(server: Server, host: string | undefined, port: number): Promise<void> {
  if (host !== undefined) return listening(server, () => server.listen({ host, port }));
  try {
    await listening(server, () => server.listen({ host: "::", port }));
  } catch (error) {
    if (!WITHOUT_IPV6.has(codeOf(error))) throw error;
    await listening(server, () => server.listen({ host: "0.0.0.0", port }));
  }
}

function listening(server: Server, start: () => void): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.once("listening", () => {
      server.off("error", reject);
      resolve();
    });
    start();
  });
}

function bound(server: Server): string | undefined {
  const address = server.address();
  return typeof address === "object" && address !== null ? formatHostAndPort(address.address, address.port) : undefined;
}
