import { BlockList, isIP } from "node:net";

/** Which proxy a request uses, if any, and the headers for that proxy. */
export type ProxyRules = {
  /** For targets of http and of https. */
  readonly http: URL | undefined;
  readonly https: URL | undefined;
  /**
   * Targets that are reached without a proxy, in the syntax of `no_proxy`, in addition to this machine. Undefined: all targets
   * use the proxy, also this machine.
   */
  readonly except: string | undefined;
  /** Headers of requests with CONNECT. */
  readonly connectHeaders: ReadonlyMap<string, readonly string[]>;
};

export const NO_PROXY: ProxyRules = { http: undefined, https: undefined, except: undefined, connectHeaders: new Map() };

/** The proxy for a target, by the rules of Go's httpproxy, which Prometheus uses. */
export function proxyFor({ http, https, except }: ProxyRules, target: URL): URL | undefined {
  const proxy = target.protocol === "https:" ? https : http;
  if (proxy === undefined || except === undefined) return proxy;
  const host = target.hostname.toLowerCase().replace(/^\[(.*)\]$/, "$1");
  const port = target.port || (target.protocol === "https:" ? "443" : "80");
  if (host === "localhost" || isIn(host, "127.0.0.0", 8) || isIn(host, "::1", 128)) return undefined;
  const isExcept = except.split(",").some((word) => matches(word.trim().toLowerCase(), host, port));
  return isExcept ? undefined : proxy;
}

/** The proxies of the environment. The default scheme is http. @throws Error in one line. */
export function environmentProxies(
  environment: Readonly<Record<string, string | undefined>>,
): Pick<ProxyRules, "http" | "https" | "except"> {
  const find = (name: string) => environment[name] || environment[name.toLowerCase()] || "";
  const proxy = (name: string) => {
    const text = find(name);
    if (text === "") return undefined;
    const url = proxyUrl(text.includes("://") ? text : `http://${text}`);
    if (url === undefined) throw new Error(`${name}: ${WANTED_PROXY}`);
    return url;
  };
  return { http: proxy("HTTP_PROXY"), https: proxy("HTTPS_PROXY"), except: find("NO_PROXY") };
}

/** The error for an invalid URL. It isn't shown, since it may have a password. */
export const WANTED_PROXY = "found no address of a proxy by http (not shown), wanted one like http://proxy:3128";

/** The URL of an HTTP proxy; undefined for anything else. */
export function proxyUrl(text: string): URL | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isReadable = url && /^(?:[^%]|%[0-9a-f]{2})*$/i.test(url.username + url.password);
  return isReadable && url.protocol === "http:" && url.hostname !== "" ? url : undefined;
}

/**
 * Whether a target matches `word`: `*`, an address, a network, a domain with its subdomains, or `.domain` for the subdomains only.
 * Addresses and domains may have a port.
 */
function matches(word: string, host: string, port: string): boolean {
  if (word === "*") return true;
  const [, network = "", prefix] = /^(.+)\/(\d{1,3})$/.exec(word) ?? [];
  if (network !== "") return isIn(host, network, Number(prefix));
  const [, bracketed, plain, wantedPort = port] = /^(?:\[(.+)\]|([^:]*))(?::(\d+))?$/.exec(word) ?? [word, word];
  const name = bracketed ?? plain ?? "";
  if (name === "" || wantedPort !== port) return false;
  if (isIP(name) !== 0) return isIn(host, name, isIP(name) === 6 ? 128 : 32);
  const below = name.replace(/^\*(?=\.)/, "");
  return below.startsWith(".") ? host.endsWith(below) : host === below || host.endsWith(`.${below}`);
}

/** Whether a host is an address in a network. */
function isIn(host: string, address: string, prefix: number): boolean {
  const family = isIP(host);
  if (family === 0 || isIP(address) !== family || prefix > (family === 6 ? 128 : 32)) return false;
  const kind = family === 6 ? "ipv6" : "ipv4";
  const network = new BlockList();
  network.addSubnet(address, prefix, kind);
  return network.check(host, kind);
}
