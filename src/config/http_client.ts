import { resolve } from "node:path";
import * as v from "valibot";
import { quote } from "../text.ts";
import { createTextReader, type ReadText } from "./file.ts";
import { type Checked, ConfigError, type Problem, valueOrThrow } from "./problem.ts";
import { checkTree, dictionary, fields, flag, secret, text } from "./schema.ts";
import { TLS_VERSIONS, type TlsVersion } from "./tls_names.ts";
import { parseYaml, type Step, type YamlFile } from "./yaml.ts";

/**
 * The part of Prometheus' HTTP client configuration that a push may need, with the files that it names read: names and
 * meaning are those of https://prometheus.io/docs/prometheus/latest/configuration/configuration/#http_config, and of
 * `headers` in `remote_write`.
 */
export type HttpClient = {
  /** The header Authorization. */
  readonly authorization: string | undefined;
  readonly headers: ReadonlyMap<string, string>;
  readonly tls: ClientTls;
  readonly proxy: URL | undefined;
};

/** PEM texts, and what else a TLS client needs. Undefined is the default of the runtime. */
export type ClientTls = {
  readonly ca: string | undefined;
  readonly cert: string | undefined;
  readonly key: string | undefined;
  readonly serverName: string | undefined;
  readonly insecureSkipVerify: boolean;
  readonly minVersion: TlsVersion;
  readonly maxVersion: TlsVersion;
};

const path = v.nullish(text);
const hidden = v.nullish(secret);
const version = v.pipe(
  text,
  v.picklist(TLS_VERSIONS, `found no TLS version, wanted one of ${TLS_VERSIONS.join(", ")}`),
);

const httpClient = fields({
  basic_auth: v.nullish(fields({ username: path, username_file: path, password: hidden, password_file: path })),
  authorization: v.nullish(fields({ type: path, credentials: hidden, credentials_file: path })),
  tls_config: v.nullish(
    fields({
      ca: hidden,
      ca_file: path,
      cert: hidden,
      cert_file: path,
      key: hidden,
      key_file: path,
      server_name: path,
      insecure_skip_verify: v.nullish(flag),
      min_version: v.nullish(version),
      max_version: v.nullish(version),
    }),
  ),
  headers: v.nullish(dictionary(secret)),
  proxy_url: hidden,
});
type Section = v.InferOutput<typeof httpClient>;

/** Headers that are the client's own, as Prometheus reserves them. */
const RESERVED = new Set([
  ...["authorization", "host", "content-encoding", "content-length", "content-type", "user-agent", "connection"],
  ...["keep-alive", "proxy-authenticate", "proxy-authorization", "www-authenticate", "accept-encoding"],
  ...["transfer-encoding", "x-prometheus-remote-write-version", "x-prometheus-remote-read-version"],
]);

/** Without a file: no credentials, no proxy, the runtime's trust. */
export const PLAIN_HTTP_CLIENT: HttpClient = {
  authorization: undefined,
  headers: new Map(),
  tls: {
    ca: undefined,
    cert: undefined,
    key: undefined,
    serverName: undefined,
    insecureSkipVerify: false,
    minVersion: "TLS12",
    maxVersion: "TLS13",
  },
  proxy: undefined,
};

/**
 * The configuration of a file at each moment: it and the files that it names are read on each call. It is the same object
 * as long as nothing of it has changed. What is returned rejects with a ConfigError for a file that can't be used.
 */
export function httpClientFile(file: string, readText: ReadText = createTextReader()): () => Promise<HttpClient> {
  let last: { readonly key: string; readonly value: HttpClient } | undefined;
  return async () => {
    const value = await readHttpClient(file, readText);
    const key = JSON.stringify({ ...value, headers: [...value.headers], proxy: value.proxy?.href });
    if (last?.key !== key) last = { key, value };
    return last.value;
  };
}

/** The text of a field, or of the file that stands for it. */
type ReadField = (part: "basic_auth" | "authorization" | "tls_config", field: string) => Promise<string | undefined>;

async function readHttpClient(file: string, readText: ReadText): Promise<HttpClient> {
  const content = await contentOf(file, readText, (message) => ({ file, line: 0, column: 0, message }));
  const yaml = valueOrThrow(parseYaml(content, file));
  const section = valueOrThrow(checkTree(v.nullish(httpClient), yaml)) ?? {};
  const problems = [...rules(section, yaml), ...headerRules(section, yaml)];
  if (problems.length > 0) throw new ConfigError(problems);
  const read: ReadField = async (part, field) => {
    const values: Readonly<Record<string, unknown>> = section[part] ?? {};
    const named = values[`${field}_file`];
    if (typeof named !== "string" || named === "") return (values[field] as string | null | undefined) || undefined;
    const problem = (message: string) => yaml.problem(`${field}_file: ${message}`, [part, `${field}_file`]);
    return contentOf(resolve(file, "..", named), readText, problem);
  };
  const tls = section.tls_config ?? {};
  return {
    authorization: await authorizationOf(section, read),
    headers: section.headers ?? new Map(),
    tls: {
      ca: await read("tls_config", "ca"),
      cert: await read("tls_config", "cert"),
      key: await read("tls_config", "key"),
      serverName: tls.server_name || undefined,
      insecureSkipVerify: tls.insecure_skip_verify ?? false,
      minVersion: tls.min_version ?? "TLS12",
      maxVersion: tls.max_version ?? "TLS13",
    },
    proxy: section.proxy_url ? valueOrThrow(proxyOf(section.proxy_url, yaml)) : undefined,
  };
}

async function contentOf(file: string, readText: ReadText, problem: (message: string) => Problem): Promise<string> {
  try {
    return await readText(file);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ConfigError([problem(`Cannot read ${file}: ${reason}`)]);
  }
}

async function authorizationOf({ basic_auth, authorization }: Section, read: ReadField): Promise<string | undefined> {
  if (basic_auth) {
    const part = async (field: string) => (await read("basic_auth", field))?.trim() ?? "";
    const text = `${await part("username")}:${await part("password")}`;
    return `Basic ${Buffer.from(text).toString("base64")}`;
  }
  if (!authorization) return undefined;
  const credentials = (await read("authorization", "credentials"))?.trim() ?? "";
  return `${authorization.type?.trim() || "Bearer"} ${credentials}`;
}

/** What Prometheus' own check refuses, in its words. */
function rules({ basic_auth: basic, authorization, tls_config: tls }: Section, file: YamlFile): readonly Problem[] {
  const checks: readonly (readonly [boolean, string, readonly Step[]])[] = [
    [both(basic, "username"), "at most one of basic_auth username & username_file must be configured", ["basic_auth"]],
    [both(basic, "password"), "at most one of basic_auth password & password_file must be configured", ["basic_auth"]],
    [
      both(authorization, "credentials"),
      "at most one of authorization credentials & credentials_file must be configured",
      ["authorization"],
    ],
    [
      authorization?.type?.trim().toLowerCase() === "basic",
      'authorization type cannot be set to "basic", use "basic_auth" instead',
      ["authorization", "type"],
    ],
    [
      Boolean(basic && authorization),
      "at most one of basic_auth & authorization must be configured",
      ["authorization"],
    ],
    ...(["ca", "cert", "key"] as const).map(
      (field) =>
        [both(tls, field), `at most one of ${field} and ${field}_file must be configured`, ["tls_config"]] as const,
    ),
    [
      has(tls, "cert") !== has(tls, "key"),
      "exactly one of cert or cert_file and of key or key_file must be configured when a client certificate is used",
      ["tls_config"],
    ],
  ];
  return checks.filter(([wrong]) => wrong).map(([, message, place]) => file.problem(message, place, "key"));
}

type Values = object | null | undefined;

function given(values: Values, field: string): boolean {
  return Boolean((values as Readonly<Record<string, unknown>> | null | undefined)?.[field]);
}

function both(values: Values, field: string): boolean {
  return given(values, field) && given(values, `${field}_file`);
}

function has(values: Values, field: string): boolean {
  return given(values, field) || given(values, `${field}_file`);
}

function headerRules({ headers }: Section, file: YamlFile): readonly Problem[] {
  return [...(headers ?? [])].flatMap(([name, value]) => {
    const problem = (message: string) => [file.problem(message, ["headers", name], "key")];
    const lower = name.toLowerCase();
    if (lower === "authorization") {
      return problem("authorization header must be changed via the basic_auth or authorization parameter");
    }
    if (RESERVED.has(lower)) return problem(`${lower} is a reserved header. It must not be changed`);
    if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name))
      return problem(`found ${quote(name)}, wanted the name of a header`);
    return /^[\t\x20-\x7e]*$/.test(value)
      ? []
      : problem(`${name}: found a value (not shown), wanted one line of ASCII`);
  });
}

function proxyOf(written: string, file: YamlFile): Checked<URL> {
  const url = URL.canParse(written) ? new URL(written) : undefined;
  if (url?.protocol === "http:") return { kind: "ok", value: url };
  const message = "proxy_url: found no address of a proxy (not shown), wanted one like http://proxy:3128";
  return { kind: "bad", problems: [file.problem(message, ["proxy_url"])] };
}
