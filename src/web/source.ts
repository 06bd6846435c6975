import { formatProblem, type Problem } from "../config/problem.ts";
import type { TlsConfig } from "../config/tls_config.ts";
import { loadTlsMaterial } from "../config/tls_material.ts";
import { readWebConfig, type WebConfig } from "../config/web_config.ts";
import type { Log } from "../log.ts";
import { type Reading, readFresh } from "./fresh.ts";
import { type TlsSettings, unsupportedTls } from "./tls.ts";

/** A web configuration as it is at each moment: its files are looked at on each call, and read when one has changed. */
export type WebSource = {
  /** Undefined while the file is broken. */
  readonly config: () => WebConfig | undefined;
  /** Undefined while the file, or a certificate or key that it names, is broken. */
  readonly tls: () => TlsSettings | undefined;
};

/**
 * Tells in the log, once, when the configuration breaks, when it is good again, and when it asks for another TLS, HTTP/2
 * or rate limit than `initial`, which can't be had without a restart.
 */
export function createWebSource(file: string, initial: WebConfig, log: Log): WebSource {
  const config = readFresh(() => ({ value: readWebConfig(file), files: [file] }));
  const tls = readFresh((): Reading<TlsSettings | readonly Problem[]> => {
    const read = readWebConfig(file);
    if (read.kind === "bad") return { value: read.problems, files: [file] };
    const section = read.value.tls;
    if (section === undefined) return { value: [withoutTls(file)], files: [file] };
    return { value: readSettings(section, file), files: [file, ...filesOf(section)] };
  });
  const tellConfig = createTeller("Unable to parse configuration", "Configuration can be parsed again", log);
  const tellTls = createTeller("Unable to use TLS configuration", "TLS configuration can be used again", log);
  let fixed = fixedPart(initial);
  return {
    config() {
      const read = config();
      tellConfig(read.kind === "bad" ? read.problems : []);
      if (read.kind === "bad") return undefined;
      const wanted = fixedPart(read.value);
      if (wanted !== fixed)
        log.warn("TLS, HTTP/2 and rate limit stay as they were at the start: restart to change them");
      fixed = wanted;
      return read.value;
    },
    tls() {
      const read = tls();
      const broken = "config" in read ? [] : read;
      tellTls(broken);
      return "config" in read ? read : undefined;
    },
  };
}

/** What a handshake needs, or what is wrong with it. */
function readSettings(config: TlsConfig, file: string): TlsSettings | readonly Problem[] {
  const unsupported = unsupportedTls(config);
  if (unsupported !== undefined) return [{ file, line: 0, column: 0, message: unsupported }];
  const material = loadTlsMaterial(config);
  return material.kind === "bad" ? material.problems : { config, material: material.value };
}

/** What is decided at the start. */
function fixedPart({ tls, http2, rateLimit }: WebConfig): string {
  return JSON.stringify([tls !== undefined, tls !== undefined && http2, rateLimit]);
}

function withoutTls(file: string): Problem {
  return { file, line: 0, column: 0, message: "found no TLS, which can't be switched off without a restart" };
}

function filesOf({ certificate, key, clientCa }: TlsConfig): string[] {
  return [certificate, key, clientCa].flatMap((source) => source?.file ?? []);
}

function createTeller(broken: string, mended: string, log: Log): (problems: readonly Problem[]) => void {
  let told = "";
  return (problems) => {
    const now = problems.slice(0, 1).map(formatProblem).join();
    if (now === told) return;
    told = now;
    if (now === "") log.info(mended);
    else log.error(broken, { err: now });
  };
}
