// Against raw errors where an address can't be listened on, machines without IPv6, and unix sockets that are open to all.
// Shown by test/web/bind.test.ts and test/web/unix_socket.test.ts.

import type { Server } from "node:net";
import { codeOf, reasonOf } from "../system_error.ts";
import { type Address, formatAddress, formatHostAndPort } from "./address.ts";
import { claimSocketPath, socketPath, withSocketMode } from "./unix_socket.ts";

/** What `:port` falls back from where the machine has no IPv6. */
const WITHOUT_IPV6 = new Set(["EAFNOSUPPORT", "EADDRNOTAVAIL", "EINVAL"]);

/** What runtimes say of it differs, down to a bare EINVAL. */
const NO_LISTENER = "it is no listening stream socket, as systemd passes them (ListenStream=)";

/**
 * Makes a server listen; resolves to the address as logs show it.
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
