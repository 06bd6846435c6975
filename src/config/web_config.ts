import { resolve } from "node:path";
import * as v from "valibot";
import { goDurationMs } from "../duration.ts";
import { quote } from "../text.ts";
import type { ReadText } from "./file.ts";
import { type Checked, type Problem, unreadable } from "./problem.ts";
import { checkRest } from "./rest.ts";
import { dictionary, fields, flag, found, secret, text, wholeNumber } from "./schema.ts";
import { readTlsConfig, type TlsConfig, tlsSection } from "./tls_config.ts";
import { parseTlsMaterial, readPemTexts } from "./tls_material.ts";
import { parseYaml, type YamlFile } from "./yaml.ts";

/** `--web.config.file`, the format of Prometheus' exporter-toolkit (docs/web-configuration.md). */
export type WebConfig = {
  /** Undefined means plain HTTP. */
  readonly tls: TlsConfig | undefined;
  /** Only with TLS. */
  readonly http2: boolean;
  /** Headers of all answers except 500 and 429. */
  readonly headers: ReadonlyMap<string, string>;
  /** Names and bcrypt hashes. If empty, no authentication is needed. */
  readonly users: ReadonlyMap<string, string>;
  readonly rateLimit: RateLimit | undefined;
};

/** A token bucket: it gets a token each interval and holds at most `burst`. */
export type RateLimit = { readonly intervalMs: number; readonly burst: number };

/** Headers that can be set, and their allowed values. An empty list allows any value. */
const HEADERS: ReadonlyMap<string, readonly string[]> = new Map([
  ["Content-Security-Policy", []],
  ["Strict-Transport-Security", []],
  ["X-Content-Type-Options", ["nosniff"]],
  ["X-Frame-Options", ["deny", "sameorigin"]],
  ["X-XSS-Protection", []],
]);

const BCRYPT_HASH = /^\$2[aby]\$(?:0[4-9]|[12]\d|3[01])\$[./A-Za-z0-9]{53}$/;
const DAY_MS = 86_400_000;

const hash = v.pipe(
  v.nullish(secret),
  v.custom<string>(
    isHash,
    "found no bcrypt hash (not shown), wanted one like $2y$10$… (htpasswd -nBC 10 NAME makes them)",
  ),
);

const duration = v.pipe(
  text,
  v.custom<string>((input) => isDuration(input), found("a duration from 0 to 24h with its unit, like 500ms or 1s")),
  v.transform((written) => goDurationMs(written) ?? 0),
);

const rateLimit = fields({ interval: v.nullish(duration), burst: v.nullish(wholeNumber) });

const webConfig = fields({
  tls_server_config: v.nullish(tlsSection),
  http_server_config: v.nullish(fields({ http2: v.nullish(flag), headers: v.nullish(dictionary(v.nullish(text))) })),
  basic_auth_users: v.nullish(dictionary(hash)),
  rate_limit: v.nullish(rateLimit),
});

/** Parses a web configuration. Relative paths in it count from the directory of `file`. */
export function parseWebConfig(text: string, file: string): Checked<WebConfig> {
  const { problems, config } = interpret(text, file);
  return problems.length > 0 ? { kind: "bad", problems: inOrder(problems) } : { kind: "ok", value: config };
}

/** Reads a web configuration and checks it with its certificates and keys. Reports all mistakes. Never rejects. */
export async function checkWebConfig(file: string, readText: ReadText): Promise<Checked<WebConfig>> {
  const text = await readText(file).catch((error: unknown) => unreadable(file, error));
  if (typeof text !== "string") return { kind: "bad", problems: [text] };
  const { problems, config } = interpret(text, file);
  const all = [...problems, ...(config.tls ? await materialProblems(config.tls, readText) : [])];
  return all.length > 0 ? { kind: "bad", problems: inOrder(all) } : { kind: "ok", value: config };
}

function inOrder(problems: readonly Problem[]): readonly Problem[] {
  return [...problems].sort((a, b) => a.line - b.line || a.column - b.column);
}

async function materialProblems(tls: TlsConfig, readText: ReadText): Promise<readonly Problem[]> {
  const texts = await readPemTexts(tls, readText);
  const material = texts.kind === "bad" ? texts : parseTlsMaterial(tls, texts.value);
  return material.kind === "bad" ? material.problems : [];
}

/** The valid part of a configuration, and all mistakes in it. The files that it names are not read. */
function interpret(text: string, path: string): { readonly problems: readonly Problem[]; readonly config: WebConfig } {
  const none = { tls: undefined, http2: true, headers: new Map(), users: new Map(), rateLimit: undefined };
  const yaml = parseYaml(text, path);
  if (yaml.kind === "bad") return { problems: yaml.problems, config: none };
  const file = yaml.value;
  // An empty file is an empty mapping.
  const { problems, value: root, isLost } = checkRest(v.nullish(webConfig), file);
  const http2 = root?.http_server_config?.http2 ?? true;
  const section = isLost("tls_server_config") ? {} : (root?.tls_server_config ?? {});
  const tls = readTlsConfig(section, { file, directory: resolve(path, ".."), http2 });
  const headers = readHeaders(root?.http_server_config?.headers ?? new Map(), file);
  const parts = [tls, headers].flatMap((part) => (part.kind === "bad" ? part.problems : []));
  const config = {
    tls: tls.kind === "ok" ? tls.value : undefined,
    http2,
    headers: headers.kind === "ok" ? headers.value : none.headers,
    users: root?.basic_auth_users ?? none.users,
    rateLimit: readRateLimit(root?.rate_limit ?? {}),
  };
  return { problems: [...problems, ...parts], config };
}

/** There is no limit without an interval, or with an interval of 0. */
function readRateLimit({ interval, burst }: v.InferOutput<typeof rateLimit>): RateLimit | undefined {
  return interval ? { intervalMs: interval, burst: burst ?? 0 } : undefined;
}

function readHeaders(
  written: ReadonlyMap<string, string | null | undefined>,
  file: YamlFile,
): Checked<ReadonlyMap<string, string>> {
  const problems: Problem[] = [];
  const headers = new Map<string, string>();
  for (const [name, nullable] of written) {
    const value = nullable ?? "";
    const path = ["http_server_config", "headers", name];
    const allowed = HEADERS.get(name);
    if (allowed === undefined) {
      const message = `HTTP header ${quote(name)} can not be configured, wanted one of ${[...HEADERS.keys()].join(", ")}`;
      problems.push(file.problem(message, path, "key"));
    } else if (allowed.length > 0 && !allowed.includes(value)) {
      problems.push(
        file.problem(`invalid value for ${name}: found ${quote(value)}, wanted ${allowed.join(" or ")}`, path),
      );
    } else if (!/^[\t\x20-\x7e]*$/.test(value)) {
      problems.push(file.problem(`invalid value for ${name}: found ${quote(value)}, wanted one line of ASCII`, path));
    } else {
      headers.set(name, value);
    }
  }
  return problems.length > 0 ? { kind: "bad", problems } : { kind: "ok", value: headers };
}

function isHash(input: unknown): boolean {
  return typeof input === "string" && BCRYPT_HASH.test(input);
}

function isDuration(input: unknown): boolean {
  const milliseconds = typeof input === "string" ? goDurationMs(input) : undefined;
  return milliseconds !== undefined && milliseconds <= DAY_MS;
}
