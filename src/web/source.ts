import { isDeepStrictEqual } from "node:util";
import type { ReadText } from "../config/file.ts";
import { type Checked, formatProblem, type Problem, unreadable } from "../config/problem.ts";
import type { TlsConfig } from "../config/tls_config.ts";
import { type PemTexts, parseTlsMaterial, readPemTexts } from "../config/tls_material.ts";
import { parseWebConfig, type WebConfig } from "../config/web_config.ts";
import type { Log } from "../log.ts";
import { type TlsSettings, unsupportedTls } from "./tls.ts";

/** The current web configuration. Its files are read on each call, and parsed if one has changed. */
export type WebSource = {
  /** Undefined while the file is invalid or can't be read in time. Never rejects. */
  readonly config: () => Promise<WebConfig | undefined>;
  /** Undefined while the file, or a certificate or key in it, is invalid or can't be read in time. Never rejects. */
  readonly tls: () => Promise<TlsSettings | undefined>;
  /** Reads everything and returns all mistakes. Never rejects. */
  readonly check: () => Promise<readonly Problem[]>;
};

/**
 * Logs once when the configuration becomes invalid, when it is valid again, and when it changes settings of `initial` that need a
 * restart (TLS on or off, HTTP/2, rate limit).
 */
export function createWebSource(file: string, initial: WebConfig, readText: ReadText, log: Log): WebSource {
  const parse = remembering((text: string) => parseWebConfig(text, file));
  const parseTls = remembering(settingsOf);
  const config = shared(async (): Promise<Checked<WebConfig>> => {
    try {
      return parse(await readText(file));
    } catch (error) {
      return { kind: "bad", problems: [unreadable(file, error)] };
    }
  });
  const tls = shared(async (): Promise<Checked<TlsSettings>> => {
    const read = await config();
    if (read.kind === "bad") return read;
    const section = read.value.tls;
    if (section === undefined) return { kind: "bad", problems: [withoutTls(file)] };
    const texts = await readPemTexts(section, readText);
    return texts.kind === "bad" ? texts : parseTls(section, texts.value, file);
  });
  const logConfig = createChangeLog("Unable to parse configuration", "Configuration can be parsed again", log);
  const logTls = createChangeLog("Unable to use TLS configuration", "TLS configuration can be used again", log);
  let fixed = fixedPart(initial);
  return {
    async config() {
      const value = logConfig(await config());
      if (value === undefined) return undefined;
      const wanted = fixedPart(value);
      if (wanted !== fixed)
        log.warn("TLS, HTTP/2 and rate limit stay as they were at the start: restart to change them");
      fixed = wanted;
      return value;
    },
    tls: async () => logTls(await tls()),
    async check() {
      const read = initial.tls ? await tls() : await config();
      return read.kind === "bad" ? read.problems : [];
    },
  };
}

/** Calls during a read share the next one, which begins after these calls. */
function shared<T>(read: () => Promise<T>): () => Promise<T> {
  let current: Promise<unknown> | undefined;
  let next: Promise<T> | undefined;
  const start = () => {
    next = undefined;
    const began = read();
    current = began.finally(() => {
      current = undefined;
    });
    return began;
  };
  return () => {
    if (next === undefined && current === undefined) return start();
    next ??= Promise.resolve(current).then(start);
    return next;
  };
}

/** Calls a function only if its arguments have changed. */
function remembering<Arguments extends unknown[], T>(call: (...given: Arguments) => T): (...given: Arguments) => T {
  let last: { readonly given: Arguments; readonly result: T } | undefined;
  return (...given) => {
    if (last === undefined || !isDeepStrictEqual(last.given, given)) last = { given, result: call(...given) };
    return last.result;
  };
}

/** The settings for handshakes, or their mistakes. */
function settingsOf(config: TlsConfig, texts: PemTexts, file: string): Checked<TlsSettings> {
  const unsupported = unsupportedTls(config);
  if (unsupported !== undefined) {
    return { kind: "bad", problems: [{ file, line: 0, column: 0, message: unsupported }] };
  }
  const material = parseTlsMaterial(config, texts);
  return material.kind === "bad" ? material : { kind: "ok", value: { config, material: material.value } };
}

/** The settings that only a restart can change. */
function fixedPart({ tls, http2, rateLimit }: WebConfig): string {
  return JSON.stringify([tls !== undefined, tls !== undefined && http2, rateLimit]);
}

function withoutTls(file: string): Problem {
  return { file, line: 0, column: 0, message: "found no TLS, which can't be switched off without a restart" };
}

type ChangeLog = <T>(checked: Checked<T>) => T | undefined;

/** Returns the value. Logs when the configuration becomes invalid, and when it is valid again. */
function createChangeLog(broken: string, fixed: string, log: Log): ChangeLog {
  let logged = "";
  return (checked) => {
    const now = checked.kind === "bad" ? checked.problems.slice(0, 1).map(formatProblem).join() : "";
    if (now !== logged && now === "") log.info(fixed);
    if (now !== logged && now !== "") log.error(broken, { err: now });
    logged = now;
    return checked.kind === "ok" ? checked.value : undefined;
  };
}
