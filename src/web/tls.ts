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

/** Settings of handshakes. */
export type TlsSettings = { readonly config: TlsConfig; readonly material: TlsMaterial };

const HANDSHAKE_MS = 10_000;

export type TlsOptions = {
  /** The current settings; undefined while they can't be read. Never rejects. */
  readonly settings: () => Promise<TlsSettings | undefined>;
  /** ALPN protocols in order of preference. */
  readonly protocols: readonly string[];
  /** Called after the handshake of each accepted client. */
  readonly secured: (socket: TLSSocket) => void;
  readonly log: Log;
};

/**
 * Performs the handshake on each socket with the current settings. Closes connections of clients that the settings reject, and
 * all connections while the settings can't be read.
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
    // A documented way to pass connections to a server that doesn't listen.
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
    // With an empty list no CA is trusted. Without a list, all public CAs would be.
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

/** A setting that this runtime would silently ignore, as an error message; undefined if there is none. */
export function unsupportedTls({ ciphers, curves, maxVersion }: TlsConfig): string | undefined {
  if (!onDeno()) return undefined;
  if (ciphers !== undefined) return "cipher_suites can't be chosen on Deno";
  if (curves !== undefined) return "curve_preferences can't be chosen on Deno";
  if (maxVersion === "TLS10" || maxVersion === "TLS11") return "there is no TLS below 1.2 on Deno";
  return undefined;
}

/** Why a client is rejected, or undefined. The handshake has verified the chain; the settings decide if that is required. */
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
