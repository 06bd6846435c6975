import { createServer as createHttp2 } from "node:http2";
import type { Socket } from "node:net";
import { createTextReader } from "../config/file.ts";
import { ConfigError, type Problem, valueOrThrow, wholeFile } from "../config/problem.ts";
import { checkWebConfig, type WebConfig } from "../config/web_config.ts";
import type { Log } from "../log.ts";
import { createPasswordCheck } from "./basic_auth.ts";
import { guard } from "./guard.ts";
import type { Handler } from "./handler.ts";
import type { CreateHttp2 } from "./protocols.ts";
import { createRateLimit } from "./rate_limit.ts";
import { createWebSource } from "./source.ts";
import { createTls, type TlsOptions, unsupportedTls } from "./tls.ts";

/** The web configuration for all listeners. TLS, HTTP/2 and the rate limit are fixed at the start. */
export type Security = {
  readonly initial: WebConfig;
  /** Adds rate limit, headers and authentication to a handler. Each listener has its own rate limit. */
  readonly guarded: (handler: Handler) => Handler;
  readonly createTls: (options: Pick<TlsOptions, "protocols" | "secured">) => (socket: Socket) => void;
  readonly createHttp2: CreateHttp2;
  /** Reads the configuration now and returns its mistakes. Never rejects. */
  readonly check: () => Promise<readonly Problem[]>;
};

/**
 * Reads a web configuration. Loaded on demand, since YAML, TLS and HTTP/2 take a third of the start-up time and most users need none.
 * Rejects with a ConfigError.
 */
export async function secure(file: string, freePaths: readonly string[], log: Log): Promise<Security> {
  const readText = createTextReader();
  const initial = valueOrThrow(await checkWebConfig(file, readText));
  const unsupported = initial.tls && unsupportedTls(initial.tls);
  if (unsupported) throw new ConfigError([wholeFile(file, unsupported)]);
  if (initial.rateLimit) {
    const { burst, intervalMs } = initial.rateLimit;
    log.info("Rate Limiter is enabled.", { burst, interval: `${intervalMs / 1000}s` });
  }
  const source = createWebSource(file, initial, readText, log);
  const checkPassword = createPasswordCheck();
  return {
    initial,
    guarded(handler) {
      const admit = initial.rateLimit ? createRateLimit(initial.rateLimit, () => performance.now()) : () => true;
      return guard(handler, { config: source.config, admit, checkPassword, freePaths });
    },
    createTls: (options) => createTls({ ...options, settings: source.tls, log }),
    createHttp2,
    check: source.check,
  };
}
