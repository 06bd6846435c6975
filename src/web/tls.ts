import { constants } from "node:crypto";
import type { Socket } from "node:net";
import { createServer, type Server, type TlsOptions as ServerOptions, type TLSSocket } from "node:tls";
import type { TlsConfig } from "../config/tls_config.ts";
import type { TlsMaterial } from "../config/tls_material.ts";
import { CIPHER_SUITES, NODE_VERSIONS, securityLevel, TLS13_SUITES } from "../config/tls_names.ts";
import type { Log } from "../log.ts";
import { reasonOf } from "../system_error.ts";
import { onDeno } from "./runtime.ts";
import { subjectAltNames } from "./san.ts";

/** All that a handshake needs. */
export type TlsSettings = { readonly config: TlsConfig; readonly material: TlsMaterial };

const HANDSHAKE_MS = 10_000;

export type TlsOptions = {
  /** The settings as they are now; undefined while they can't be read. Never rejects. */
  readonly settings: () => Promise<TlsSettings | undefined>;
  /** In the order of preference. */
  readonly protocols: readonly string[];
  /** Gets each socket whose handshake is done and whose client may come in. */
  readonly secured: (socket: TLSSocket) => void;
  readonly log: Log;
};

/**
 * Shakes hands on accepted sockets, each by the settings of its moment. A client that the settings refuse is cut off,
 * and everybody is while the settings can't be read.
 */
export function createTls({ settings, protocols, secured, log }: TlsOptions): (socket: Socket) => void {
  let current: { readonly settings: TlsSettings; readonly server: Server } | undefined;
  const refused = (socket: Socket, reason: string) => {
    log.debug("TLS handshake failed", { peer: socket.remoteAddress, reason });
    socket.destroy();
  };
  const serverOf = (fresh: TlsSettings) => {
    const server = createServer({ ...tlsOptions(fresh), ALPNProtocols: [...protocols] }, (socket) => {
      const reason = clientRefusal(socket, fresh.config);
      return reason === undefined ? secured(socket) : refused(socket, reason);
    });
    return server.on("tlsClientError", (error, socket) => refused(socket, error.message.split("\n", 1)[0] ?? ""));
  };
  const shakeHands = (socket: Socket, fresh: TlsSettings | undefined) => {
    if (fresh === undefined) return refused(socket, "the web configuration can't be read");
    if (current?.settings !== fresh) current = { settings: fresh, server: serverOf(fresh) };
    // Documented: a server that isn't listening takes connections by this event.
    if (!socket.destroyed) current.server.emit("connection", socket);
  };
  return (socket) =>
    void settings()
      .then((fresh) => shakeHands(socket, fresh))
      .catch((error: unknown) => refused(socket, reasonOf(error)));
}

function tlsOptions({ config, material }: TlsSettings): ServerOptions {
  return {
    cert: material.certificate,
    key: material.key,
    // An empty list trusts nobody; without a list every public CA would be trusted.
    ca: [...(material.clientCa ?? [])],
    minVersion: NODE_VERSIONS[config.minVersion],
    maxVersion: NODE_VERSIONS[config.maxVersion],
    requestCert: config.clientAuth !== "NoClientCert",
    rejectUnauthorized: config.clientAuth === "RequireAndVerifyClientCert",
    handshakeTimeout: HANDSHAKE_MS,
    secureOptions: constants.SSL_OP_NO_RENEGOTIATION,
    ...(onDeno() ? {} : choices(config)),
  };
}

function choices({ ciphers, curves, minVersion, preferServerCiphers }: TlsConfig): ServerOptions {
  const suites = [...TLS13_SUITES, ...(ciphers ?? CIPHER_SUITES.values())];
  return {
    ciphers: suites.join(":") + securityLevel(minVersion),
    honorCipherOrder: preferServerCiphers,
    ...(curves && { ecdhCurve: curves.join(":") }),
  };
}

/** What a TLS configuration asks for and this runtime would silently not do, or undefined. */
export function unsupportedTls({ ciphers, curves, maxVersion }: TlsConfig): string | undefined {
  if (!onDeno()) return undefined;
  if (ciphers !== undefined) return "cipher_suites can't be chosen on Deno";
  if (curves !== undefined) return "curve_preferences can't be chosen on Deno";
  if (maxVersion === "TLS10" || maxVersion === "TLS11") return "there is no TLS below 1.2 on Deno";
  return undefined;
}

/** Why a client may not come in, or undefined. The chain was verified in the handshake; here is decided what that means. */
function clientRefusal(socket: TLSSocket, { clientAuth, allowedSans }: TlsConfig): string | undefined {
  if (clientAuth === "NoClientCert") return undefined;
  const certificate: { readonly raw?: Uint8Array } | undefined = socket.getPeerCertificate();
  const der = certificate?.raw;
  const required = clientAuth === "RequireAnyClientCert" || clientAuth === "RequireAndVerifyClientCert";
  if (der === undefined) return required ? "no client certificate" : undefined;
  const verified = clientAuth === "VerifyClientCertIfGiven" || clientAuth === "RequireAndVerifyClientCert";
  if (verified && !socket.authorized) return `client certificate not verified: ${socket.authorizationError}`;
  if (allowedSans === undefined) return undefined;
  const names = subjectAltNames(der);
  return names.some((name) => allowedSans.includes(name)) ? undefined : "client certificate without an allowed name";
}
