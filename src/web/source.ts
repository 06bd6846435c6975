import { isDeepStrictEqual } from "node:util";
import type { ReadText } from "../config/file.ts";
import { type Checked, formatProblem, type Problem, unreadable, wholeFile } from "../config/problem.ts";
import type { TlsConfig } from "../config/tls_config.ts";
import { type PemTexts, parseTlsMaterial, readPemTexts } from "../config/tls_material.ts";
import { parseWebConfig, type WebConfig } from "../config/web_config.ts";
import type { Log } from "../log.ts";
import { shared } from "../within.ts";
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
    if (section === undefined) return { kind: "bad", problems: [wholeFile(file, WITHOUT_TLS)] };
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

const WITHOUT_TLS = "found no TLS, which can't be switched off without a restart";

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
  if (unsupported !== undefined) return { kind: "bad", problems: [wholeFile(file, unsupported)] };
  const material = parseTlsMaterial(config, texts);
  return material.kind === "bad" ? material : { kind: "ok", value: { config, material: material.value } };
}

/** The settings that only a restart can change. */
function fixedPart({ tls, http2, rateLimit }: WebConfig): string {
  return JSON.stringify([tls !== undefined, tls !== undefined && http2, rateLimit]);
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
