import * as v from "valibot";
import { quote } from "../text.ts";
import type { Problem } from "./problem.ts";
import type { IsLost } from "./rest.ts";
import { dictionary, fields, flag, list, refused, secret, text } from "./schema.ts";
import { TLS_VERSIONS } from "./tls_names.ts";
import type { Step, YamlFile } from "./yaml.ts";

/** The schema of Prometheus' HTTP client configuration, and the rules of its own check, with the same messages. */

const path = v.nullish(text);
const hidden = v.nullish(secret);
const version = v.pipe(
  text,
  v.picklist(TLS_VERSIONS, `found no TLS version, wanted one of ${TLS_VERSIONS.join(", ")}`),
);

/** Prometheus' secret managers. */
const ref = (field: string) => refused(`wanted ${field} or ${field}_file`);

const tlsConfig = fields({
  ca: hidden,
  ca_file: path,
  ca_ref: ref("ca"),
  cert: hidden,
  cert_file: path,
  cert_ref: ref("cert"),
  key: hidden,
  key_file: path,
  key_ref: ref("key"),
  server_name: path,
  insecure_skip_verify: v.nullish(flag),
  min_version: v.nullish(version),
  max_version: v.nullish(version),
});

const proxyFields = {
  proxy_url: hidden,
  no_proxy: path,
  proxy_from_environment: v.nullish(flag),
  proxy_connect_header: v.nullish(dictionary(list(secret))),
};

const OTHER_WAYS = "wanted one of basic_auth, authorization, oauth2";

export const httpClientSchema = fields({
  basic_auth: v.nullish(
    fields({
      username: path,
      username_file: path,
      username_ref: ref("username"),
      password: hidden,
      password_file: path,
      password_ref: ref("password"),
    }),
  ),
  authorization: v.nullish(
    fields({ type: path, credentials: hidden, credentials_file: path, credentials_ref: ref("credentials") }),
  ),
  oauth2: v.nullish(
    fields({
      client_id: path,
      client_secret: hidden,
      client_secret_file: path,
      client_secret_ref: ref("client_secret"),
      scopes: v.nullish(list(text)),
      token_url: path,
      endpoint_params: v.nullish(dictionary(secret)),
      tls_config: v.nullish(tlsConfig),
      ...proxyFields,
    }),
  ),
  tls_config: v.nullish(tlsConfig),
  headers: v.nullish(dictionary(secret)),
  http_headers: v.nullish(
    dictionary(
      fields({ values: v.nullish(list(text)), secrets: v.nullish(list(secret)), files: v.nullish(list(text)) }),
    ),
  ),
  ...proxyFields,
  follow_redirects: v.nullish(flag),
  enable_http2: v.nullish(flag),
  bearer_token: refused("wanted authorization with credentials"),
  bearer_token_file: refused("wanted authorization with credentials_file"),
  sigv4: refused(OTHER_WAYS),
  azuread: refused(OTHER_WAYS),
  google_iam: refused(OTHER_WAYS),
});
export type HttpClientSection = v.InferOutput<typeof httpClientSchema>;
export type TlsSection = v.InferOutput<typeof tlsConfig>;
export type ProxySection = { readonly [Key in keyof typeof proxyFields]?: v.InferOutput<(typeof proxyFields)[Key]> };

/** Whether something is wrong, what, and where. */
type Check = readonly [wrong: boolean, message: string, place: readonly Step[]];

/** Mistakes in combinations of fields. Fields with mistakes of their own are skipped. */
export function httpClientProblems(section: HttpClientSection, file: YamlFile, isLost: IsLost): readonly Problem[] {
  const { basic_auth: basic, authorization, oauth2, headers, http_headers: more } = section;
  const checks: readonly Check[] = [
    atMostOne(basic, "basic_auth username", "username", ["basic_auth"]),
    atMostOne(basic, "basic_auth password", "password", ["basic_auth"]),
    atMostOne(authorization, "authorization credentials", "credentials", ["authorization"]),
    atMostOne(oauth2, "oauth2 client_secret", "client_secret", ["oauth2"]),
    [
      authorization?.type?.trim().toLowerCase() === "basic",
      'authorization type cannot be set to "basic", use "basic_auth" instead',
      ["authorization", "type"],
    ],
    [
      [basic, authorization, oauth2].filter(Boolean).length > 1,
      "at most one of basic_auth, oauth2 & authorization must be configured",
      [oauth2 ? "oauth2" : "authorization"],
    ],
    [Boolean(oauth2) && !oauth2?.client_id, "oauth2 client_id must be configured", ["oauth2"]],
    [
      Boolean(oauth2) && !isHttpUrl(oauth2?.token_url),
      "oauth2 token_url must be configured, a URL of http or https",
      ["oauth2"],
    ],
    [section.follow_redirects === true, `${UNSUPPORTED}: no redirect is followed`, ["follow_redirects"]],
    [section.enable_http2 === true, `${UNSUPPORTED}: HTTP/1.1 is spoken`, ["enable_http2"]],
    ...tlsChecks(section.tls_config, ["tls_config"]),
    ...tlsChecks(oauth2?.tls_config, ["oauth2", "tls_config"]),
    ...proxyChecks(section, []),
    ...(oauth2 ? proxyChecks(oauth2, ["oauth2"]) : []),
    ...headerChecks([...(headers?.keys() ?? [])], "headers", []),
    ...headerChecks([...(more?.keys() ?? [])], "http_headers", [...(headers?.keys() ?? [])]),
  ];
  return checks
    .filter(([wrong, , place]) => wrong && !isLost(...place))
    .map(([, message, place]) => file.problem(message, place, "key"));
}

const UNSUPPORTED = "found true, wanted false or no such key";

type Values = Readonly<Record<string, unknown>> | null | undefined;

const has = (values: Values, field: string) => Boolean(values?.[field] || values?.[`${field}_file`]);

function atMostOne(values: Values, label: string, field: string, place: readonly Step[]): Check {
  const wrong = Boolean(values?.[field] && values?.[`${field}_file`]);
  return [wrong, `at most one of ${label} & ${field}_file must be configured`, place];
}

function tlsChecks(tls: TlsSection | null | undefined, place: readonly Step[]): readonly Check[] {
  const { min_version: min, max_version: max } = tls ?? {};
  return [
    ...(["ca", "cert", "key"] as const).map((field) => atMostOne(tls, field, field, place)),
    [
      has(tls, "cert") && !has(tls, "key"),
      "exactly one of key or key_file must be configured when a client certificate is configured",
      place,
    ],
    [
      has(tls, "key") && !has(tls, "cert"),
      "exactly one of cert or cert_file must be configured when a client key is configured",
      place,
    ],
    [
      Boolean(max && max < (min ?? "TLS12")),
      "max_version must be greater than or equal to min_version, which is TLS12 if it is not specified",
      [...place, "max_version"],
    ],
  ];
}

function proxyChecks(section: ProxySection, place: readonly Step[]): readonly Check[] {
  const { proxy_url: url, no_proxy: except, proxy_from_environment: environment, proxy_connect_header: sent } = section;
  const isEnvironment = environment === true;
  return [
    [
      Boolean(sent?.size) && !isEnvironment && !url,
      "if proxy_connect_header is configured, proxy_url or proxy_from_environment must also be configured",
      [...place, "proxy_connect_header"],
    ],
    [
      isEnvironment && Boolean(url),
      "if proxy_from_environment is configured, proxy_url must not be configured",
      [...place, "proxy_url"],
    ],
    [
      isEnvironment && Boolean(except),
      "if proxy_from_environment is configured, no_proxy must not be configured",
      [...place, "no_proxy"],
    ],
    [
      !isEnvironment && !url && Boolean(except),
      "if no_proxy is configured, proxy_url must also be configured",
      [...place, "no_proxy"],
    ],
  ];
}

/** Headers that the client sets itself, which Prometheus reserves too. */
const RESERVED = new Set([
  ...["authorization", "host", "content-encoding", "content-length", "content-type", "user-agent", "connection"],
  ...["keep-alive", "proxy-authenticate", "proxy-authorization", "www-authenticate", "accept-encoding"],
  ...["transfer-encoding", "x-prometheus-remote-write-version", "x-prometheus-remote-read-version"],
]);

function headerChecks(names: readonly string[], section: string, others: readonly string[]): readonly Check[] {
  const lower = (name: string) => name.toLowerCase();
  return names.flatMap((name, index): readonly Check[] => {
    const before = [...others, ...names.slice(0, index)].map(lower);
    const place = [section, name];
    return [
      [
        lower(name) === "authorization",
        "authorization header must be changed via the basic_auth, authorization or oauth2 parameter",
        place,
      ],
      [
        lower(name) !== "authorization" && RESERVED.has(lower(name)),
        `${lower(name)} is a reserved header. It must not be changed`,
        place,
      ],
      [!isHeaderName(name), `found ${quote(name)}, wanted the name of a header`, place],
      [before.includes(lower(name)), `found header ${quote(name)} twice, wanted it once`, place],
    ];
  });
}

export const isHeaderName = (name: string) => /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name);

export function isHttpUrl(url: string | null | undefined): boolean {
  return Boolean(url && URL.canParse(url) && /^https?:$/.test(new URL(url).protocol));
}
