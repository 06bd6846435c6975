import { resolve } from "node:path";
import * as v from "valibot";
import { quote } from "../text.ts";
import type { Checked, Problem } from "./problem.ts";
import { fields, flag, list, secret, text } from "./schema.ts";
import {
  CIPHER_SUITES,
  CLIENT_AUTH_TYPES,
  type ClientAuthType,
  CURVES,
  HTTP2_SUITES,
  TLS_VERSIONS,
  TLS13_SUITES,
  type TlsVersion,
} from "./tls_names.ts";
import type { YamlFile } from "./yaml.ts";

/** The source of PEM blocks: a file (absolute path), or the configuration itself. `problem` makes a problem at its place there. */
export type PemSource = {
  readonly file: string | undefined;
  readonly text: string;
  readonly problem: (message: string) => Problem;
};

/** The `tls_server_config` of a web configuration with TLS. Names are those of OpenSSL, except for versions. */
export type TlsConfig = {
  readonly certificate: PemSource;
  readonly key: PemSource;
  readonly clientCa: PemSource | undefined;
  readonly clientAuth: ClientAuthType;
  /** Subject alternative names, of which a client certificate needs one. Undefined if any certificate is accepted. */
  readonly allowedSans: readonly string[] | undefined;
  readonly minVersion: TlsVersion;
  readonly maxVersion: TlsVersion;
  /** Cipher suites of TLS up to 1.2. Undefined means the default. */
  readonly ciphers: readonly string[] | undefined;
  readonly preferServerCiphers: boolean;
  /** Undefined means the default. */
  readonly curves: readonly string[] | undefined;
};

const path = v.nullish(text);
const inline = v.nullish(secret);

const MIN_VERSION = "TLS12";
const MAX_VERSION = "TLS13";

const cipher = v.pipe(
  text,
  v.check((name) => CIPHER_SUITES.has(name) || TLS13_SUITES.has(name), unknown("cipher", [...CIPHER_SUITES.keys()])),
);
const curve = v.pipe(
  text,
  v.check((name) => CURVES.has(name), unknown("curve", [...CURVES.keys()])),
);
const version = v.pipe(text, v.picklist(TLS_VERSIONS, unknown("TLS version", TLS_VERSIONS)));

/** The schema of `tls_server_config`. */
export const tlsSection = fields({
  cert: inline,
  cert_file: path,
  key: inline,
  key_file: path,
  client_ca: inline,
  client_ca_file: path,
  client_auth_type: v.nullish(text),
  client_allowed_sans: v.nullish(list(text)),
  min_version: v.nullish(version),
  max_version: v.nullish(version),
  cipher_suites: v.nullish(list(cipher)),
  prefer_server_cipher_suites: v.nullish(flag),
  curve_preferences: v.nullish(list(curve)),
});
type TlsSection = v.InferOutput<typeof tlsSection>;

type Context = { readonly file: YamlFile; readonly directory: string; readonly http2: boolean };

/** Interprets `tls_server_config`. Undefined means plain HTTP: no certificate, key, CA or client policy is configured. */
export function readTlsConfig(section: TlsSection, context: Context): Checked<TlsConfig | undefined> {
  const certificate = pemSource(section, "cert", context);
  const key = pemSource(section, "key", context);
  const clientCa = pemSource(section, "client_ca", context);
  const clientAuth = clientAuthType(section.client_auth_type ?? "");
  const on = Boolean(certificate || key || clientCa || section.client_auth_type);
  const problems = [
    ...(on && !certificate ? [blame("missing one of cert or cert_file", undefined, context)] : []),
    ...(on && !key ? [blame("missing one of key or key_file", undefined, context)] : []),
    ...clientRules(section, clientAuth, clientCa !== undefined, context),
    ...versionRules(section, on, context),
  ];
  if (problems.length > 0) return { kind: "bad", problems };
  if (!certificate || !key || !clientAuth) return { kind: "ok", value: undefined };
  const value: TlsConfig = {
    certificate,
    key,
    clientCa,
    clientAuth,
    allowedSans: section.client_allowed_sans ?? undefined,
    minVersion: section.min_version ?? MIN_VERSION,
    maxVersion: section.max_version ?? MAX_VERSION,
    ciphers: named(section.cipher_suites, CIPHER_SUITES),
    preferServerCiphers: section.prefer_server_cipher_suites ?? true,
    curves: named(section.curve_preferences, CURVES),
  };
  return { kind: "ok", value };
}

function blame(message: string, field: keyof TlsSection | undefined, { file }: Context): Problem {
  return file.problem(message, ["tls_server_config", ...(field === undefined ? [] : [field])], "key");
}

/** A file takes precedence over the text. Relative paths count from the directory of the configuration. */
function pemSource(section: TlsSection, name: "cert" | "key" | "client_ca", context: Context): PemSource | undefined {
  const written = section[`${name}_file`];
  const content = section[name] ?? "";
  if (!written && content === "") return undefined;
  const field = written ? `${name}_file` : name;
  return {
    file: written ? resolve(context.directory, written) : undefined,
    text: content,
    problem: (message) => context.file.problem(`${field}: ${message}`, ["tls_server_config", field]),
  };
}

function clientAuthType(written: string): ClientAuthType | undefined {
  if (written === "") return "NoClientCert";
  // The name of an older version of the format.
  if (written === "RequireClientCert") return "RequireAnyClientCert";
  return CLIENT_AUTH_TYPES.find((type) => type === written);
}

function clientRules(
  section: TlsSection,
  type: ClientAuthType | undefined,
  hasCa: boolean,
  context: Context,
): Problem[] {
  if (type === undefined) {
    const found = quote(section.client_auth_type ?? "");
    return [
      blame(
        `invalid ClientAuth: found ${found}, wanted one of ${CLIENT_AUTH_TYPES.join(", ")}`,
        "client_auth_type",
        context,
      ),
    ];
  }
  const problems: Problem[] = [];
  if (hasCa && type === "NoClientCert") {
    const field = section.client_ca_file ? "client_ca_file" : "client_ca";
    const message = "client CA's have been configured without a Client Auth Policy, wanted client_auth_type";
    problems.push(blame(message, field, context));
  }
  if (!hasCa && type === "RequireAndVerifyClientCert") {
    const message = "RequireAndVerifyClientCert needs client_ca or client_ca_file: nobody could connect";
    problems.push(blame(message, "client_auth_type", context));
  }
  if (section.client_allowed_sans && type !== "RequireAnyClientCert" && type !== "RequireAndVerifyClientCert") {
    const wanted = "RequireAnyClientCert or RequireAndVerifyClientCert";
    const message = `client_allowed_sans requires client_auth_type to be one of ${wanted}`;
    problems.push(blame(message, "client_allowed_sans", context));
  }
  return problems;
}

function versionRules(section: TlsSection, on: boolean, context: Context): Problem[] {
  const min = section.min_version ?? MIN_VERSION;
  const max = section.max_version ?? MAX_VERSION;
  const suites = section.cipher_suites;
  const problems: Problem[] = [];
  if (TLS_VERSIONS.indexOf(min) > TLS_VERSIONS.indexOf(max)) {
    const field = section.min_version ? "min_version" : "max_version";
    problems.push(blame(`min_version ${min} is above max_version ${max}`, field, context));
  }
  const lacking = suites?.length && min !== "TLS13" && !HTTP2_SUITES.some((suite) => suites.includes(suite));
  if (on && context.http2 && lacking) {
    const message = `found no cipher that HTTP/2 needs, wanted one of ${HTTP2_SUITES.join(", ")}, or http2: false`;
    problems.push(blame(message, "cipher_suites", context));
  }
  return problems;
}

/** Translates names of Go to those of OpenSSL. Names of TLS 1.3 are dropped. An empty list means the default. */
function named(
  names: readonly string[] | null | undefined,
  table: ReadonlyMap<string, string>,
): readonly string[] | undefined {
  return names?.length ? names.flatMap((name) => table.get(name) ?? []) : undefined;
}

function unknown(what: string, wanted: readonly string[]): (issue: { readonly input: unknown }) => string {
  return ({ input }) => `unknown ${what}: found ${quote(String(input))}, wanted one of ${wanted.join(", ")}`;
}
