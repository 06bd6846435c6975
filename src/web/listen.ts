import { chmodSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Log } from "../log.ts";
import { type Address, formatAddress, formatHostAndPort, parseAddress } from "./address.ts";
import { claimSocketPath, SOCKET_MODE } from "./unix-socket.ts";

/** Answers one request. HTTP/2's compatible objects come as these too. */
export type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** A socket that is being listened on. */
export type Listener = {
  /** As logs show it: `[::]:9101`, `127.0.0.1:9101`, `unix:/path`. */
  readonly address: string;
  /** Stops accepting and closes idle connections; resolves when all connections are closed. */
  readonly close: () => Promise<void>;
  /** Closes all connections at once, those with a request in flight too. */
  readonly closeAll: () => void;
};

export type ListenOptions = {
  /** Values of `--web.listen-address`. */
  readonly addresses: readonly string[];
};

/**
 * Listens on all addresses and answers by `handler`.
 * Rejects with one line (`Cannot listen on 127.0.0.1:9101: address already in use`), and then nothing is left open.
 */
export async function listen(options: ListenOptions, handler: Handler, log: Log): Promise<readonly Listener[]> {
  const addresses = options.addresses.map(parseAddress);
  const opened = await Promise.allSettled(addresses.map((address) => open(address, handler)));
  const listeners = opened.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
  const failed = opened.find((result) => result.status === "rejected");
  if (failed) {
    await Promise.all(listeners.map((listener) => listener.close()));
    throw failed.reason;
  }
  for (const { address } of listeners) {
    log.info("Listening on", { address });
    log.info("TLS is disabled.", { http2: false, address });
  }
  return listeners;
}

const LIMITS = {
  maxHeaderSize: 16 * 1024,
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  keepAliveTimeout: 75_000,
  connectionsCheckingInterval: 1_000,
} as const;

async function open(address: Address, handler: Handler): Promise<Listener> {
  const server = createServer(LIMITS, handler);
  try {
    if (address.kind === "unix") await claimSocketPath(address.path);
    await bind(server, address);
  } catch (error) {
    throw new Error(`Cannot listen on ${formatAddress(address)}: ${reasonOf(error)}`);
  }
  return {
    address: shown(address, server),
    close: () => new Promise((resolve) => server.close(() => resolve())),
    closeAll: () => server.closeAllConnections(),
  };
}

async function bind(server: Server, address: Address): Promise<void> {
  switch (address.kind) {
    case "descriptor":
      return listening(server, { fd: address.descriptor });
    case "unix":
      await listening(server, { path: address.path });
      return chmodSync(address.path, SOCKET_MODE);
    case "tcp":
      if (address.host !== undefined) return listening(server, { host: address.host, port: address.port });
      try {
        return await listening(server, { host: "::", port: address.port });
      } catch (error) {
        if (!WITHOUT_IPV6.has(codeOf(error))) throw error;
        return listening(server, { host: "0.0.0.0", port: address.port });
      }
  }
}

const WITHOUT_IPV6 = new Set(["EAFNOSUPPORT", "EADDRNOTAVAIL", "EINVAL"]);

function listening(server: Server, where: { fd?: number; path?: string; host?: string; port?: number }): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(where, () => {
      server.off("error", reject);
      resolve();
    });
  });
}

function shown(address: Address, server: Server): string {
  const bound = server.address();
  if (typeof bound === "string") return `unix:${bound}`;
  return bound === null ? formatAddress(address) : formatHostAndPort(bound.address, bound.port);
}

const REASONS: Readonly<Record<string, string>> = {
  EADDRINUSE: "address already in use",
  EADDRNOTAVAIL: "not an address of this machine",
  EACCES: "permission denied",
  ENOTFOUND: "unknown host",
  ENOENT: "no such directory",
};

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}

function reasonOf(error: unknown): string {
  return REASONS[codeOf(error)] ?? (error instanceof Error ? error.message : String(error));
}
