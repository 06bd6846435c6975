import { resolve } from "node:path";
import * as v from "valibot";
import { reasonOf } from "../system_error.ts";
import { checkPem, headerValue, PLAIN_ROUTE, type Route, routeOf, type Scene } from "./client_route.ts";
import { createTextReader, type ReadText } from "./file.ts";
import { type HttpClientSection, httpClientProblems, httpClientSchema } from "./http_client_schema.ts";
import { type Checked, ConfigError, type Problem, unreadable, valueOrThrow } from "./problem.ts";
import { checkRest } from "./rest.ts";
import { parseYaml } from "./yaml.ts";

/**
 * Prometheus' HTTP client configuration, with the contents of the files that it names. Names and meaning are those of
 * https://prometheus.io/docs/prometheus/latest/configuration/configuration/#http_config, and of `headers` in `remote_write`.
 */
export type HttpClient = Route & {
  /** The header Authorization. */
  readonly authorization: string | undefined;
  /** How to get a token for that header, if `authorization` isn't given. */
  readonly oauth2: OAuth2 | undefined;
  readonly headers: Headers;
};

/** The grant of client credentials (RFC 6749, section 4.4). */
export type OAuth2 = Route & {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly scopes: readonly string[];
  readonly tokenUrl: URL;
  readonly endpointParams: ReadonlyMap<string, string>;
};

type Headers = ReadonlyMap<string, readonly string[]>;

/** The settings without a file: no credentials, no proxy, the runtime's CAs. */
export const PLAIN_HTTP_CLIENT: HttpClient = {
  authorization: undefined,
  oauth2: undefined,
  headers: new Map(),
  ...PLAIN_ROUTE,
};

export type HttpClientOptions = {
  /** For `proxy_from_environment`. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly readText?: ReadText;
};

/**
 * Returns a function that gives the current configuration. Each call reads the file and the files that it names. It returns the
 * same object as long as nothing has changed, and rejects with a ConfigError for an invalid file.
 */
export function httpClientFile(file: string, options: HttpClientOptions): () => Promise<HttpClient> {
  const readText = options.readText ?? createTextReader();
  let last: { readonly key: string; readonly value: HttpClient } | undefined;
  return async () => {
    const read = await readHttpClient(file, { ...options, readText });
    const key = JSON.stringify(read.value, (_, value) => (value instanceof Map ? [...value] : value));
    if (last?.key === key) return last.value;
    read.checkPem();
    last = { key, value: read.value };
    return last.value;
  };
}

/** Checks a configuration and the files that it names. Never rejects. */
export async function checkHttpClient(file: string, options: HttpClientOptions): Promise<Checked<HttpClient>> {
  try {
    return { kind: "ok", value: await httpClientFile(file, options)() };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return { kind: "bad", problems: error.problems };
  }
}

type Read = {
  readonly value: HttpClient;
  /** Parses certificates and keys. @throws ConfigError */
  readonly checkPem: () => void;
};

async function readHttpClient(path: string, options: Required<HttpClientOptions>): Promise<Read> {
  const text = await options.readText(path).catch((error: unknown) => {
    throw new ConfigError([unreadable(path, error)]);
  });
  const yaml = valueOrThrow(parseYaml(text, path));
  const rest = checkRest(v.nullish(httpClientSchema), yaml);
  const section = rest.value ?? {};
  const problems = [...rest.problems, ...httpClientProblems(section, yaml, rest.isLost)];
  if (problems.length > 0) throw new ConfigError(problems);
  const file: Scene["file"] = async (written, problem) =>
    (await contentOf(resolve(path, "..", written), options.readText, problem)).trim();
  const field: Scene["field"] = async (values, name, place) => {
    const written = values as Readonly<Record<string, string | null | undefined>>;
    const named = written[`${name}_file`];
    if (!named) return written[name] || undefined;
    return file(named, (message) => yaml.problem(`${name}_file: ${message}`, [...place, `${name}_file`]));
  };
  const scene: Scene = { yaml, environment: options.environment, file, field };
  const value: HttpClient = {
    authorization: await authorizationOf(section, scene),
    oauth2: await oauth2Of(section, scene),
    headers: await headersOf(section, scene),
    ...(await routeOf(section, [], scene)),
  };
  const checkAllPem = () => {
    checkPem(value, section, [], yaml);
    if (value.oauth2) checkPem(value.oauth2, section.oauth2 ?? {}, ["oauth2"], yaml);
  };
  return { value, checkPem: checkAllPem };
}

async function contentOf(file: string, readText: ReadText, problem: (message: string) => Problem): Promise<string> {
  try {
    return await readText(file);
  } catch (error) {
    const reason = reasonOf(error);
    throw new ConfigError([problem(`Cannot read ${file}: ${reason}`)]);
  }
}

async function authorizationOf(section: HttpClientSection, scene: Scene): Promise<string | undefined> {
  const { basic_auth: basic, authorization } = section;
  if (basic) {
    const part = async (name: string) => (await scene.field(basic, name, ["basic_auth"])) ?? "";
    return basicCredentials(await part("username"), await part("password"));
  }
  if (!authorization) return undefined;
  const credentials = (await scene.field(authorization, "credentials", ["authorization"])) ?? "";
  const type = authorization.type?.trim() || "Bearer";
  return headerValue(`${type} ${credentials}`, ["authorization"], scene);
}

/** Of the header Authorization (RFC 7617). */
export function basicCredentials(username: string, password: string): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
}

async function oauth2Of({ oauth2 }: HttpClientSection, scene: Scene): Promise<OAuth2 | undefined> {
  if (!oauth2) return undefined;
  const place = ["oauth2"];
  return {
    clientId: oauth2.client_id ?? "",
    clientSecret: (await scene.field(oauth2, "client_secret", place)) ?? "",
    scopes: oauth2.scopes ?? [],
    tokenUrl: new URL(oauth2.token_url ?? ""),
    endpointParams: oauth2.endpoint_params ?? new Map(),
    ...(await routeOf(oauth2, place, scene)),
  };
}

async function headersOf(section: HttpClientSection, scene: Scene): Promise<Headers> {
  const headers = new Map<string, readonly string[]>();
  for (const [name, value] of section.headers ?? []) {
    headers.set(name, [headerValue(value, ["headers", name], scene)]);
  }
  for (const [name, { values, secrets, files }] of section.http_headers ?? []) {
    const place = ["http_headers", name];
    const read: string[] = [];
    for (const file of files ?? []) {
      read.push(await scene.file(file, (message) => scene.yaml.problem(`files: ${message}`, [...place, "files"])));
    }
    const all = [...(values ?? []), ...(secrets ?? []), ...read];
    headers.set(
      name,
      all.map((value) => headerValue(value, place, scene)),
    );
  }
  return headers;
}
