import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Handler } from "../src/web/handler.ts";
import { execute } from "./execute.ts";
import { answerOk, type Served, withListeners } from "./listeners.ts";
import { makeCertificate } from "./pki.ts";
import { withFolder } from "./stand_in.ts";
import { needs } from "./tools.ts";

/** Whether there are openssl to make certificates and curl to use them. */
export const hasTlsTools = needs("openssl", "version") && needs("curl", "--version");

/** A server, and clients' ways to it. */
export type Scene = Served & {
  readonly directory: string;
  /** Rewrites the section of TLS; it begins with the certificate and key of the server. */
  readonly configure: (section: string) => void;
};

const BASE = "tls_server_config:\n  cert_file: server.crt\n  key_file: server.key\n";

/** Certificates of a CA, of another CA, and signed by themselves. */
function makeCertificates(): string {
  const directory = mkdtempSync(join(tmpdir(), "memory_exporter-pki-"));
  process.once("exit", () => rmSync(directory, { recursive: true }));
  makeCertificate(directory, "ca", { isCa: true });
  makeCertificate(directory, "other", { isCa: true });
  makeCertificate(directory, "server", { ca: "ca", sans: "IP:127.0.0.1" });
  makeCertificate(directory, "renewed", { ca: "other", sans: "IP:127.0.0.1" });
  makeCertificate(directory, "client", { ca: "ca", sans: "DNS:prometheus.example,IP:10.0.0.1", usage: "clientAuth" });
  makeCertificate(directory, "stranger", { ca: "other", sans: "DNS:prometheus.example" });
  makeCertificate(directory, "self", { sans: "DNS:prometheus.example" });
  makeCertificate(directory, "wrongusage", { ca: "ca", usage: "serverAuth" });
  return directory;
}

/** The directory of the certificates that each server gets a copy of. */
export const certificates = hasTlsTools ? makeCertificates() : "";

type Options = {
  /** Where to listen; a free port without it. */
  readonly listen?: (directory: string) => string;
  readonly handler?: Handler;
};

/** A server with TLS in a directory of its own. */
export function withTls(
  section: string,
  use: (scene: Scene) => Promise<void>,
  { listen = () => "127.0.0.1:0", handler = answerOk }: Options = {},
): Promise<void> {
  return withFolder(async (directory) => {
    cpSync(certificates, directory, { recursive: true });
    const webConfigFile = join(directory, "web.yml");
    const configure = (text: string) => writeFileSync(webConfigFile, BASE + text);
    configure(section);
    const scene = (served: Served) => use({ ...served, directory, configure });
    await withListeners({ webConfigFile, addresses: [listen(directory)] }, scene, handler);
  });
}

/** What curl prints: the answer and `HTTP version status`, or its error. */
export async function curl({ directory, address }: Scene, ...args: readonly string[]): Promise<string> {
  const ca = ["--cacert", join(directory, "ca.crt")];
  const format = ["-sS", "-m", "170", "-w", "%{http_version} %{http_code}"];
  const { status, stdout } = await execute("curl", [...format, ...ca, ...args, `https://${address}/metrics`]);
  return status === 0 ? stdout : `curl ${status}`;
}

/** Options of curl to come with a certificate; `none` is none. */
export function identity({ directory }: Scene, name: string): string[] {
  return name === "none" ? [] : ["--cert", join(directory, `${name}.crt`), "--key", join(directory, `${name}.key`)];
}

/** Protocol and cipher of a handshake of openssl s_client, or `refused`. */
export async function handshake({ directory, address }: Scene, ...args: readonly string[]): Promise<string> {
  const options = ["s_client", "-connect", address, "-CAfile", join(directory, "ca.crt"), ...args];
  const { stdout } = await execute("openssl", options, "Q\n");
  const [, protocol, cipher] = /^New, (\S+), Cipher is (\S+)$/m.exec(stdout) ?? [];
  const [, used = protocol] = /^ {4}Protocol {2}: (\S+)$/m.exec(stdout) ?? [];
  return cipher === "(NONE)" || cipher === undefined ? "refused" : `${used} ${cipher}`;
}
