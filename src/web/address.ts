import { isIPv6 } from "node:net";
import { quote } from "../text.ts";

/** An address to listen on. `host` is undefined for all addresses of the machine. */
export type Address =
  | { readonly kind: "tcp"; readonly host: string | undefined; readonly port: number }
  | { readonly kind: "unix"; readonly path: string }
  | { readonly kind: "descriptor"; readonly descriptor: number };

/** sun_path of unix(7) has 108 bytes, with the terminating NUL. */
const SOCKET_PATH_BYTES = 107;
const FORMS = '"host:port", ":port", "[IPv6]:port" or "unix:/path"';

/**
 * Parses a value of `--web.listen-address`: `:9101` (all addresses, IPv6 and IPv4), `host:port`, `[::1]:port`, `unix:/path`.
 * With port 0 the system chooses one.
 * @throws RangeError for anything else, in one line.
 */
export function parseAddress(text: string): Address {
  if (text.startsWith("unix:")) return parseSocketPath(text);
  if (text.startsWith("vsock:")) throw refusal(text, "vsock isn't supported");
  if (text.includes("://")) throw refusal(text, `wanted no scheme but ${FORMS}`);
  const colon = text.lastIndexOf(":");
  if (colon < 0 || text.endsWith("]")) throw refusal(text, `missing port: wanted ${FORMS}`);
  return { kind: "tcp", host: parseHost(text, text.slice(0, colon)), port: parsePort(text, text.slice(colon + 1)) };
}

function parseSocketPath(text: string): Address {
  const path = text.slice("unix:".length);
  if (!path.startsWith("/") || path.includes("\0")) throw refusal(text, 'wanted an absolute path after "unix:"');
  if (Buffer.byteLength(path) > SOCKET_PATH_BYTES)
    throw refusal(text, `a socket's path has at most ${SOCKET_PATH_BYTES} bytes`);
  return { kind: "unix", path };
}

function parseHost(text: string, host: string): string | undefined {
  if (host === "") return undefined;
  const bracketed = /^\[(.*)\]$/.exec(host)?.[1];
  if (bracketed !== undefined) {
    if (!isIPv6(bracketed)) throw refusal(text, `found ${quote(bracketed)}, wanted an IPv6 address in the brackets`);
    return bracketed;
  }
  if (host.includes(":")) throw refusal(text, `an IPv6 address goes in brackets: wanted ${FORMS}`);
  if (!/^[\w.-]{1,253}$/.test(host)) throw refusal(text, `found ${quote(host)}, wanted an IP address or a host name`);
  return host;
}

function parsePort(text: string, port: string): number {
  if (port === "") throw refusal(text, `missing port: wanted ${FORMS}`);
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65535)
    throw refusal(text, `found port ${quote(port)}, wanted 0 to 65535`);
  return Number(port);
}

function refusal(text: string, reason: string): RangeError {
  return new RangeError(`Invalid listen address ${quote(text)}: ${reason}`);
}

/** An address as logs and messages show it. */
export function formatAddress(address: Address): string {
  switch (address.kind) {
    case "unix":
      return `unix:${address.path}`;
    case "descriptor":
      return `descriptor ${address.descriptor}`;
    case "tcp":
      return formatHostAndPort(address.host ?? "", address.port);
  }
}

/** `127.0.0.1:9101`, `[::]:9101`, `:9101`. */
export function formatHostAndPort(host: string, port: number): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}
