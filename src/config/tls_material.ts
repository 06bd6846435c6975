import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { createSecureContext } from "node:tls";
import { reasonOf } from "../system_error.ts";
import type { ReadText } from "./file.ts";
import { type Checked, ConfigError, type Problem } from "./problem.ts";
import type { PemSource, TlsConfig } from "./tls_config.ts";
import { securityLevel, type TlsVersion } from "./tls_names.ts";

/** Checked PEM texts: the chain begins with the certificate that belongs to the key. */
export type TlsMaterial = {
  readonly certificate: string;
  readonly key: string;
  /** Each text has one certificate. */
  readonly clientCa: readonly string[] | undefined;
};

/** The unchecked texts of a TLS configuration. */
export type PemTexts = { readonly certificate: string; readonly key: string; readonly clientCa: string | undefined };

/** Reads the files of certificates and keys, one after another. Never rejects. */
export async function readPemTexts(
  { certificate, key, clientCa }: TlsConfig,
  readText: ReadText,
): Promise<Checked<PemTexts>> {
  const problems: Problem[] = [];
  const read = async (source: PemSource) => {
    if (source.file === undefined) return source.text;
    return readText(source.file).catch((error: unknown) => {
      problems.push(...refusal(source, `Cannot read ${source.file}: ${reasonOf(error)}`).problems);
      return "";
    });
  };
  const texts = { certificate: await read(certificate), key: await read(key) };
  const value = { ...texts, clientCa: clientCa && (await read(clientCa)) };
  return problems.length > 0 ? { kind: "bad", problems } : { kind: "ok", value };
}

/** Checks that certificates and keys can be used. */
export function parseTlsMaterial(
  { certificate, key, clientCa, minVersion }: TlsConfig,
  texts: PemTexts,
): Checked<TlsMaterial> {
  try {
    const pair = parsePair({ certificate, key }, texts, minVersion);
    const ca = clientCa && parseCertificates(clientCa, texts.clientCa ?? "").map((one) => one.pem);
    return { kind: "ok", value: { ...pair, clientCa: ca } };
  } catch (error) {
    return badOf(error);
  }
}

/** A chain of certificates and its key, as PEM, which TLS from a version on accepts. @throws ConfigError */
export function parsePair(
  { certificate, key }: { readonly certificate: PemSource; readonly key: PemSource },
  texts: { readonly certificate: string; readonly key: string },
  minVersion: TlsVersion,
): { readonly certificate: string; readonly key: string } {
  const chain = parseCertificates(certificate, texts.certificate);
  const privateKey = parseKey(key, texts.key);
  if (!chain[0]?.parsed.checkPrivateKey(privateKey.parsed)) throw refusal(key, "it is not the key of the certificate");
  const pair = { certificate: chain.map((one) => one.pem).join(""), key: privateKey.pem };
  try {
    createSecureContext({ cert: pair.certificate, key: pair.key, ciphers: `DEFAULT${securityLevel(minVersion)}` });
  } catch (error) {
    // The message of OpenSSL begins with numbers and routines: error:0A00018F:SSL routines::ee key too small.
    throw refusal(certificate, `it can't be used for TLS: ${reasonOf(error).replace(/^error:.*:/, "")}`);
  }
  return pair;
}

function badOf(error: unknown): { readonly kind: "bad"; readonly problems: readonly Problem[] } {
  if (!(error instanceof ConfigError)) throw error;
  return { kind: "bad", problems: error.problems };
}

const BEGIN = "-----BEGIN CERTIFICATE-----";
const END = "-----END CERTIFICATE-----";

/** The certificates of a PEM text, at least one. @throws ConfigError */
export function parseCertificates(
  source: PemSource,
  text: string,
): { readonly pem: string; readonly parsed: X509Certificate }[] {
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

function parseKey(source: PemSource, pem: string): { readonly pem: string; readonly parsed: KeyObject } {
  const parsed = attempt(() => createPrivateKey(pem));
  if (!parsed) throw refusal(source, "found no private key that can be read, wanted PEM without a passphrase");
  return { pem, parsed };
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
