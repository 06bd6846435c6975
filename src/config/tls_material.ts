import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { readTextFile } from "./file.ts";
import { type Checked, ConfigError, type Problem } from "./problem.ts";
import type { PemSource, TlsConfig } from "./tls_config.ts";

/** PEM texts that were parsed: the certificate comes first in its chain, and the key is its key. */
export type TlsMaterial = {
  readonly certificate: string;
  readonly key: string;
  /** One certificate each. */
  readonly clientCa: readonly string[] | undefined;
};

/** Reads certificates and keys and checks that they can be used. */
export function loadTlsMaterial({ certificate, key, clientCa }: TlsConfig): Checked<TlsMaterial> {
  try {
    const chain = readCertificates(certificate);
    const [leaf] = chain;
    const privateKey = readKey(key);
    if (!leaf?.parsed.checkPrivateKey(privateKey.parsed)) throw refusal(key, "it is not the key of the certificate");
    return {
      kind: "ok",
      value: {
        certificate: chain.map((one) => one.pem).join(""),
        key: privateKey.pem,
        clientCa: clientCa && readCertificates(clientCa).map((one) => one.pem),
      },
    };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return { kind: "bad", problems: error.problems };
  }
}

const BEGIN = "-----BEGIN CERTIFICATE-----";
const END = "-----END CERTIFICATE-----";

function readCertificates(source: PemSource): { readonly pem: string; readonly parsed: X509Certificate }[] {
  const text = read(source);
  const found: { pem: string; parsed: X509Certificate }[] = [];
  for (let begin = text.indexOf(BEGIN); begin >= 0; begin = text.indexOf(BEGIN, begin + 1)) {
    const end = text.indexOf(END, begin);
    const pem = `${text.slice(begin, end < 0 ? undefined : end)}${END}\n`;
    const parsed = attempt(() => new X509Certificate(pem));
    if (!parsed) throw refusal(source, `certificate ${found.length + 1} can't be read`);
    found.push({ pem, parsed });
  }
  if (found.length === 0) throw refusal(source, "found no certificate, wanted PEM with BEGIN CERTIFICATE");
  return found;
}

function readKey(source: PemSource): { readonly pem: string; readonly parsed: KeyObject } {
  const pem = read(source);
  const parsed = attempt(() => createPrivateKey(pem));
  if (!parsed) throw refusal(source, "found no private key that can be read, wanted PEM without a passphrase");
  return { pem, parsed };
}

function read(source: PemSource): string {
  if (source.file === undefined) return source.text;
  try {
    return readTextFile(source.file);
  } catch (error) {
    throw refusal(source, `Cannot read ${source.file}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function refusal(source: PemSource, message: string): ConfigError {
  const where = source.file === undefined || message.includes(source.file) ? "" : ` (${source.file})`;
  const problem: Problem = source.problem(`${message}${where}`);
  return new ConfigError([problem]);
}

function attempt<T>(parse: () => T): T | undefined {
  try {
    return parse();
  } catch {
    return undefined;
  }
}
