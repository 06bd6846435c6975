import { execFileSync } from "node:child_process";
import { join } from "node:path";

/** What to put into a certificate besides its name. */
export type Wanted = {
  /** Of the CA that signs; without it the certificate signs itself. */
  readonly ca?: string;
  /** Subject alternative names as openssl writes them: `DNS:a.example,IP:127.0.0.1`. */
  readonly sans?: string;
  readonly isCa?: boolean;
  /** Extended key usage: `clientAuth`. */
  readonly usage?: string;
};

/** Makes NAME.crt and NAME.key in a directory by the openssl program. */
export function makeCertificate(directory: string, name: string, { ca, sans, isCa = false, usage }: Wanted = {}): void {
  const extensions = [
    `basicConstraints=critical,CA:${isCa ? "TRUE" : "FALSE"}`,
    ...(sans ? [`subjectAltName=${sans}`] : []),
    ...(usage ? [`extendedKeyUsage=${usage}`] : []),
  ];
  const file = (suffix: string) => join(directory, `${name}.${suffix}`);
  const signer = ca ? ["-CA", join(directory, `${ca}.crt`), "-CAkey", join(directory, `${ca}.key`)] : [];
  openssl(["genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", file("key")]);
  openssl([
    ...["req", "-x509", "-new", "-key", file("key"), "-subj", `/CN=${name}`, "-days", "2", "-out", file("crt")],
    ...extensions.flatMap((extension) => ["-addext", extension]),
    ...signer,
  ]);
}

function openssl(args: readonly string[]): void {
  execFileSync("openssl", args, { stdio: ["ignore", "ignore", "pipe"] });
}
