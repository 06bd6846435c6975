// Protects against running out of descriptors, and against listeners that stay open after a failed start
// (test/web/listen.test.ts). Connections without data are kept as bare sockets: with 10,000 idle clients, memory grows by 20 MiB
// on Node and 40 on Deno, instead of 53 and 66 (test/torture/clients.test.ts "idle connections").

import type { Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import type { Log } from "../log.ts";
import { reasonOf } from "../system_error.ts";
import { type Address, parseAddress } from "./address.ts";
import { bind } from "./bind.ts";
import { CONNECTION_LIMITS, type ConnectionLimits, type Connections, createConnections } from "./connections.ts";
import type { Handler } from "./handler.ts";
import type { RequestObserver } from "./labels.ts";
import { createProtocols, type Protocols } from "./protocols.ts";
import type { Security } from "./security.ts";
import { createSlicer, type Slicer } from "./slices.ts";

/** A listening socket. */
export type Listener = {
  /** The address for logs: `[::]:9101`, `127.0.0.1:9101`, `unix:/path`. */
  readonly address: string;
  /** Stops accepting connections, and closes those without a request. Resolves when all are closed. */
  readonly close: () => Promise<void>;
  /** Closes all connections at once, also those with a request in flight. */
  readonly closeAll: () => void;
};

export type ListenOptions = {
  /** Observes all requests, also those that are refused before the handler. */
  readonly observer: RequestObserver;
  /** Values of `--web.listen-address`. */
  readonly addresses: readonly string[];
  /** Descriptors of `systemdSockets`, to listen on instead of the addresses. */
  readonly sockets?: readonly number[] | undefined;
  /** `--web.config.file`. */
  readonly webConfigFile?: string | undefined;
  /** Paths that need no credentials, such as `/-/healthy`. */
  readonly freePaths?: readonly string[];
  /** Limit of file descriptors of this process. */
  readonly descriptorLimit?: number;
};

/**
 * Listens on all addresses as the web configuration requires, and answers with `handler`. Rejects with one line if it can't listen
 * on one of them (`Cannot listen on 127.0.0.1:9101: address already in use`) or if the web configuration is invalid. All listeners
 * are closed then.
 */
export async function listen(options: ListenOptions, handler: Handler, log: Log): Promise<readonly Listener[]> {
  const addresses = addressesOf(options);
  const security = await securityOf(options, log);
  if (options.sockets) log.info("Listening on systemd activated listeners instead of port listeners.");
  const limits = limitsFor(options.descriptorLimit ?? Number.POSITIVE_INFINITY, addresses.length);
  const listeners: Opened[] = [];
  try {
    for (const address of addresses)
      listeners.push(await open(address, handler, { security, limits, log, observer: options.observer }));
  } catch (error) {
    await Promise.all(listeners.map((listener) => listener.close()));
    throw error;
  }
  for (const { address, http2 } of listeners) {
    log.info("Listening on", { address });
    log.info(security?.initial.tls ? "TLS is enabled." : "TLS is disabled.", { http2, address });
  }
  return listeners;
}

function addressesOf({ addresses, sockets }: ListenOptions): readonly Address[] {
  if (sockets === undefined) return addresses.map(parseAddress);
  return sockets.map((descriptor) => ({ kind: "descriptor", descriptor }));
}

const MIN_CONNECTIONS = 4;
/** Descriptors reserved for commands, files and the runtime. */
const OTHER_DESCRIPTORS = 64;

/** Connections of all listeners use at most half of the free descriptors. */
function limitsFor(descriptors: number, listeners: number): ConnectionLimits {
  const share = Math.floor((descriptors - OTHER_DESCRIPTORS) / 2 / listeners);
  const connections = Math.max(MIN_CONNECTIONS, Math.min(CONNECTION_LIMITS.connections, share));
  return { ...CONNECTION_LIMITS, connections };
}

async function securityOf({ webConfigFile, freePaths = [] }: ListenOptions, log: Log) {
  if (!webConfigFile) return undefined;
  const { secure } = await import("./security.ts");
  return secure(webConfigFile, freePaths, log);
}

type Opened = Listener & { readonly http2: boolean };
type Setup = Pick<ListenOptions, "observer"> & {
  readonly security: Security | undefined;
  readonly limits: ConnectionLimits;
  readonly log: Log;
};

async function open(address: Address, handler: Handler, { security, limits, log, observer }: Setup): Promise<Opened> {
  const connections = createConnections(limits);
  const tls = security?.initial.tls === undefined ? undefined : security;
  const http2 = tls?.initial.http2 === true;
  const guarded = security?.guarded(handler) ?? handler;
  const protocols = createProtocols(guarded, observer, connections, http2 ? tls.createHttp2 : undefined);
  const { server } = protocols;
  const slice = createSlicer();
  const handleSocket = tls
    ? withTls(tls, http2, connections, slice, protocols)
    : withoutTls(connections, slice, protocols.handleHttp1);
  server.on("connection", (socket: Socket) => {
    socket.on("error", () => {});
    handleSocket(socket);
  });
  const shown = await bind(server, address);
  server.on("error", (error) => log.warn("Cannot accept a connection", { address: shown, err: reasonOf(error) }));
  return {
    address: shown,
    http2,
    close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      connections.close();
      return closed;
    },
    closeAll: connections.closeAll,
  };
}

type HandleSocket = (socket: Socket) => void;

/** Handles connections without TLS. Until the first data arrives, they are kept as bare sockets, since there may be many. */
function withoutTls(connections: Connections, slice: Slicer, handleHttp1: HandleSocket): HandleSocket {
  return (socket) => {
    if (!connections.accept(socket)) return;
    const end = () => socket.destroy();
    socket.once("end", end);
    socket.once("data", (first: Buffer) => {
      socket.off("end", end);
      const sliced = slice(socket, first);
      connections.join(socket, sliced);
      handleHttp1(sliced);
    });
  };
}

/** Handles connections with TLS. On a unix socket they count from the end of the handshake, since the TLS socket doesn't identify its connection. */
function withTls(
  { createTls }: Security,
  http2: boolean,
  connections: Connections,
  slice: Slicer,
  { handleHttp1, handleHttp2 }: Protocols,
): HandleSocket {
  const hasPort = (socket: Socket) => socket.remotePort !== undefined;
  const secured = (socket: TLSSocket) => {
    const sliced = slice(socket);
    if (hasPort(socket)) connections.join(socket, sliced);
    else if (!connections.accept(sliced)) return;
    (socket.alpnProtocol === "h2" ? handleHttp2 : handleHttp1)(sliced);
  };
  const startTls = createTls({ protocols: http2 ? ["h2", "http/1.1"] : ["http/1.1"], secured });
  return (socket) => (!hasPort(socket) || connections.accept(socket)) && startTls(socket);
}
