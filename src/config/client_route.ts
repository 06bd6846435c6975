import { isHeaderName, type ProxySection, type TlsSection } from "./http_client_schema.ts";
import { ConfigError, type Problem } from "./problem.ts";
import { environmentProxies, NO_PROXY, type ProxyRules, proxyUrl, WANTED_PROXY } from "./proxy_rules.ts";
import type { PemSource } from "./tls_config.ts";
import { parseCertificates, parsePair } from "./tls_material.ts";
import type { TlsVersion } from "./tls_names.ts";
import type { Step, YamlFile } from "./yaml.ts";

/** How to connect to a target: TLS and proxy. */
export type Route = { readonly tls: ClientTls; readonly proxy: ProxyRules };

/** PEM texts and settings of a TLS client. Undefined means the default of the runtime. */
export type ClientTls = {
  readonly ca: string | undefined;
  readonly cert: string | undefined;
  readonly key: string | undefined;
  readonly serverName: string | undefined;
  readonly insecureSkipVerify: boolean;
  readonly minVersion: TlsVersion;
  readonly maxVersion: TlsVersion;
};

/** The runtime's CAs, and no proxy. */
export const PLAIN_ROUTE: Route = {
  tls: {
    ca: undefined,
    cert: undefined,
    key: undefined,
    serverName: undefined,
    insecureSkipVerify: false,
    minVersion: "TLS12",
    maxVersion: "TLS13",
  },
  proxy: NO_PROXY,
};

/** Access to the fields of a mapping: the text of a field, or of the file that is named instead. */
export type Scene = {
  readonly yaml: YamlFile;
  /** For `proxy_from_environment`. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly file: (written: string, problem: (message: string) => Problem) => Promise<string>;
  readonly field: (values: object, field: string, place: readonly Step[]) => Promise<string | undefined>;
};

/** The part of a configuration that says how to connect. */
type RouteSection = ProxySection & { readonly tls_config?: TlsSection | null | undefined };

/** The route that the section at `place` configures. Rejects with a ConfigError. */
export async function routeOf(section: RouteSection, place: readonly Step[], scene: Scene): Promise<Route> {
  const tls = await tlsOf(section.tls_config ?? {}, [...place, "tls_config"], scene);
  return { tls, proxy: proxyOf(section, place, scene) };
}

async function tlsOf(section: TlsSection, place: readonly Step[], { field }: Scene): Promise<ClientTls> {
  return {
    ca: await field(section, "ca", place),
    cert: await field(section, "cert", place),
    key: await field(section, "key", place),
    serverName: section.server_name || undefined,
    insecureSkipVerify: section.insecure_skip_verify ?? false,
    minVersion: section.min_version ?? "TLS12",
    maxVersion: section.max_version ?? "TLS13",
  };
}

/** Parses certificates and keys. @throws ConfigError */
export function checkPem({ tls }: Route, section: RouteSection, at: readonly Step[], yaml: YamlFile): void {
  const { ca, cert, key, minVersion } = tls;
  const written = section.tls_config ?? {};
  const place = [...at, "tls_config"];
  const source = (name: "ca" | "cert" | "key"): PemSource => {
    const named = written[`${name}_file`] || undefined;
    const field = named ? `${name}_file` : name;
    return { file: named, text: "", problem: (message) => yaml.problem(`${field}: ${message}`, [...place, field]) };
  };
  if (ca !== undefined) parseCertificates(source("ca"), ca);
  if (cert === undefined || key === undefined) return;
  parsePair({ certificate: source("cert"), key: source("key") }, { certificate: cert, key }, minVersion);
}

/** @throws ConfigError */
function proxyOf(section: ProxySection, place: readonly Step[], scene: Scene): ProxyRules {
  const blame = (message: string, field: string) => new ConfigError([scene.yaml.problem(message, [...place, field])]);
  const connectHeaders = new Map<string, readonly string[]>();
  for (const [name, values] of section.proxy_connect_header ?? []) {
    if (!isHeaderName(name)) throw blame("proxy_connect_header: wanted names of headers", "proxy_connect_header");
    const at = [...place, "proxy_connect_header", name];
    connectHeaders.set(
      name,
      values.map((value) => headerValue(value, at, scene)),
    );
  }
  if (section.proxy_from_environment) {
    try {
      return { ...environmentProxies(scene.environment), connectHeaders };
    } catch (error) {
      throw blame(error instanceof Error ? error.message : String(error), "proxy_from_environment");
    }
  }
  if (!section.proxy_url) return NO_PROXY;
  const url = proxyUrl(section.proxy_url);
  if (url === undefined) throw blame(`proxy_url: ${WANTED_PROXY}`, "proxy_url");
  return { http: url, https: url, except: section.no_proxy || undefined, connectHeaders };
}

/** @throws ConfigError for what can't be sent as a header. */
export function headerValue(value: string, place: readonly Step[], { yaml }: Scene): string {
  if (/^[\t\x20-\x7e]*$/.test(value)) return value;
  throw new ConfigError([
    yaml.problem(`${place.join(".")}: found a value (not shown), wanted one line of ASCII`, place),
  ]);
}
