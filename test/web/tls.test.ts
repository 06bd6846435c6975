import { appendFileSync, copyFileSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { execute } from "../execute.ts";
import { type Served, withDirectory, withListeners } from "../listeners.ts";
import { makeCertificate } from "../pki.ts";
import { needs } from "../tools.ts";

const onDeno = "deno" in process.versions;
const hasTools = needs("openssl", "version") && needs("curl", "--version");
const withTools = hasTools ? test : test.skip;
const onlyNode = onDeno ? test.skip : withTools;
const onlyDeno = onDeno ? withTools : test.skip;

type Scene = Served & {
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

const certificates = hasTools ? makeCertificates() : "";

/** A server with TLS in a directory of its own. */
function withTls(section: string, use: (scene: Scene) => Promise<void>): Promise<void> {
  return withDirectory(async (directory) => {
    cpSync(certificates, directory, { recursive: true });
    const webConfigFile = join(directory, "web.yml");
    const configure = (text: string) => writeFileSync(webConfigFile, BASE + text);
    configure(section);
    await withListeners({ webConfigFile }, (served) => use({ ...served, directory, configure }));
  });
}

/** What curl prints: the answer and `HTTP version status`, or its error. */
async function curl({ directory, address }: Scene, ...args: readonly string[]): Promise<string> {
  const ca = ["--cacert", join(directory, "ca.crt")];
  const format = ["-sS", "-m", "10", "-w", "%{http_version} %{http_code}"];
  const { status, stdout } = await execute("curl", [...format, ...ca, ...args, `https://${address}/metrics`]);
  return status === 0 ? stdout : `curl ${status}`;
}

function identity({ directory }: Scene, name: string): string[] {
  return name === "none" ? [] : ["--cert", join(directory, `${name}.crt`), "--key", join(directory, `${name}.key`)];
}

/** Protocol and cipher of a handshake of openssl s_client, or `refused`. */
async function handshake({ directory, address }: Scene, ...args: readonly string[]): Promise<string> {
  const options = ["s_client", "-connect", address, "-CAfile", join(directory, "ca.crt"), ...args];
  const { stdout } = await execute("openssl", options, "Q\n");
  const [, protocol, cipher] = /^New, (\S+), Cipher is (\S+)$/m.exec(stdout) ?? [];
  const [, used = protocol] = /^ {4}Protocol {2}: (\S+)$/m.exec(stdout) ?? [];
  return cipher === "(NONE)" || cipher === undefined ? "refused" : `${used} ${cipher}`;
}

withTools("TLS is told, HTTP/2 is chosen by default, HTTP/1.1 goes too", () =>
  withTls("", async (scene) => {
    assert.equal(scene.lines, [
      ["info", "Listening on", { address: scene.address }],
      ["info", "TLS is enabled.", { http2: true, address: scene.address }],
    ]);
    assert.is(await curl(scene), "ok /metrics\n2 200");
    assert.is(await curl(scene, "--http1.1"), "ok /metrics\n1.1 200");
  }),
);

withTools("http2: false leaves HTTP/1.1", () =>
  withTls("http_server_config: {http2: no}\n", async (scene) => {
    assert.equal(scene.lines[1], ["info", "TLS is enabled.", { http2: false, address: scene.address }]);
    assert.is(await curl(scene), "ok /metrics\n1.1 200");
  }),
);

withTools("plain HTTP on a TLS port gets no page", () =>
  withTls("", async ({ address }) => {
    const { status, stdout } = await execute("curl", ["-s", "-m", "10", `http://${address}/metrics`]);
    assert.is.not(status, 0);
    assert.is(stdout, "");
  }),
);

const CLIENTS = ["none", "self", "stranger", "wrongusage", "client"] as const;
const ALLOWED: Readonly<Record<string, readonly (typeof CLIENTS)[number][]>> = {
  NoClientCert: CLIENTS,
  RequestClientCert: CLIENTS,
  RequireAnyClientCert: ["self", "stranger", "wrongusage", "client"],
  RequireClientCert: ["self", "stranger", "wrongusage", "client"],
  VerifyClientCertIfGiven: ["none", "client"],
  RequireAndVerifyClientCert: ["client"],
};

for (const [type, allowed] of Object.entries(ALLOWED)) {
  withTools(`client_auth_type ${type} lets in: ${allowed.join(", ")}`, () =>
    withTls(
      `  client_auth_type: ${type}\n${type === "NoClientCert" ? "" : "  client_ca_file: ca.crt\n"}`,
      async (scene) => {
        for (const version of ["--tls-max 1.2", "--tlsv1.3"]) {
          for (const client of CLIENTS) {
            const printed = await curl(scene, ...version.split(" "), ...identity(scene, client));
            assert.is(printed.endsWith("200"), allowed.includes(client), `${type} ${version} ${client}: ${printed}`);
          }
        }
      },
    ),
  );
}

withTools("VerifyClientCertIfGiven without a CA trusts no certificate", () =>
  withTls("  client_auth_type: VerifyClientCertIfGiven\n", async (scene) => {
    assert.ok((await curl(scene)).endsWith("200"));
    assert.not.ok((await curl(scene, ...identity(scene, "client"))).endsWith("200"));
  }),
);

withTools("client_allowed_sans wants one name exactly", () =>
  withTls("  client_auth_type: RequireAndVerifyClientCert\n  client_ca_file: ca.crt\n", async (scene) => {
    const section = "  client_auth_type: RequireAndVerifyClientCert\n  client_ca_file: ca.crt\n  client_allowed_sans: ";
    const wanted = {
      "[prometheus.example]": true,
      "[a, 10.0.0.1]": true,
      "[Prometheus.example]": false,
      "['*.example']": false,
      "[]": false,
    };
    for (const [sans, allowed] of Object.entries(wanted)) {
      scene.configure(`${section}${sans}\n`);
      const printed = await curl(scene, ...identity(scene, "client"));
      assert.is(printed.endsWith("200"), allowed, `${sans}: ${printed}`);
    }
  }),
);

withTools("client_allowed_sans of RequireAnyClientCert reads certificates that nobody signed", () =>
  withTls("  client_auth_type: RequireAnyClientCert\n  client_allowed_sans: [prometheus.example]\n", async (scene) => {
    assert.ok((await curl(scene, ...identity(scene, "self"))).endsWith("200"));
    assert.not.ok((await curl(scene, ...identity(scene, "wrongusage"))).endsWith("200"));
  }),
);

withTools("versions are held to", () =>
  withTls("  min_version: TLS13\n", async (scene) => {
    assert.match(await handshake(scene, "-tls1_3"), /^TLSv1\.3 /);
    assert.is(await handshake(scene, "-tls1_2"), "refused");
    scene.configure("  max_version: TLS12\n");
    assert.match(await handshake(scene), /^TLSv1\.2 /);
    assert.is(await handshake(scene, "-tls1_3"), "refused");
    assert.is(await handshake(scene, "-tls1_1", "-cipher", "ALL:@SECLEVEL=0"), "refused");
  }),
);

onlyNode("versions below 1.2 can be allowed", () =>
  withTls("  min_version: TLS10\n", async (scene) => {
    for (const [flag, version] of [
      ["-tls1", "TLSv1"],
      ["-tls1_1", "TLSv1.1"],
      ["-tls1_2", "TLSv1.2"],
    ] as const) {
      assert.match(await handshake(scene, flag, "-cipher", "ALL:@SECLEVEL=0"), new RegExp(`^${version} `));
    }
  }),
);

onlyNode("ciphers of TLS 1.2 are those chosen, in the order of the server or of the client", () => {
  const suites = "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256";
  const offer = ["-tls1_2", "-cipher", "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384"];
  return withTls(`  cipher_suites: [${suites}]\n`, async (scene) => {
    assert.is(await handshake(scene, ...offer), "TLSv1.2 ECDHE-ECDSA-AES256-GCM-SHA384");
    assert.is(await handshake(scene, "-tls1_2", "-cipher", "ECDHE-ECDSA-CHACHA20-POLY1305"), "refused");
    assert.match(await handshake(scene, "-tls1_3"), /^TLSv1\.3 /);
    scene.configure(`  cipher_suites: [${suites}]\n  prefer_server_cipher_suites: false\n`);
    assert.is(await handshake(scene, ...offer), "TLSv1.2 ECDHE-ECDSA-AES128-GCM-SHA256");
    scene.configure("  cipher_suites: [TLS_AES_128_GCM_SHA256]\nhttp_server_config: {http2: false}\n");
    assert.is(await handshake(scene, "-tls1_2"), "refused");
  });
});

onlyNode("every cipher that may be chosen is known to OpenSSL, and others aren't offered", () =>
  withTls("", async (scene) => {
    for (const cipher of ["ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-ECDSA-CHACHA20-POLY1305", "ECDHE-ECDSA-AES128-SHA"]) {
      assert.is(await handshake(scene, "-tls1_2", "-cipher", cipher), `TLSv1.2 ${cipher}`);
    }
    assert.is(await handshake(scene, "-tls1_2", "-cipher", "ECDHE-ECDSA-AES128-SHA256"), "refused");
    assert.is(await handshake(scene, "-tls1_2", "-cipher", "DHE-RSA-AES128-GCM-SHA256"), "refused");
  }),
);

onlyNode("curves are those chosen", () =>
  withTls("  curve_preferences: [CurveP384, X25519]\n", async (scene) => {
    assert.match(await handshake(scene, "-groups", "P-384"), /^TLSv1/);
    assert.match(await handshake(scene, "-groups", "X25519"), /^TLSv1/);
    assert.is(await handshake(scene, "-groups", "P-256"), "refused");
  }),
);

onlyDeno("what Deno would silently not do is refused at the start", async () => {
  for (const [section, reason] of [
    ["  cipher_suites: [TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256]\n", /cipher_suites can't be chosen on Deno$/],
    ["  curve_preferences: [X25519]\n", /curve_preferences can't be chosen on Deno$/],
    ["  min_version: TLS10\n  max_version: TLS11\n", /there is no TLS below 1.2 on Deno$/],
  ] as const) {
    await withTls(section, () => Promise.reject(new Error("It listens"))).then(
      () => assert.unreachable(),
      (error: Error) => assert.match(error.message, reason),
    );
  }
});

withTools("a renewed certificate is served to the next connection, a broken one to nobody", () =>
  withTls("", async (scene) => {
    const { directory, lines } = scene;
    const install = (name: string) => {
      for (const suffix of ["crt", "key"])
        copyFileSync(join(directory, `${name}.${suffix}`), join(directory, `server.${suffix}`));
    };
    assert.ok((await curl(scene)).endsWith("200"));
    install("renewed");
    assert.is(await curl(scene), "curl 60");
    assert.ok((await curl(scene, "--cacert", join(directory, "other.crt"))).endsWith("200"));
    copyFileSync(join(directory, "client.key"), join(directory, "server.key"));
    assert.not.ok((await curl(scene, "-k")).endsWith("200"));
    const last = lines.filter(([level]) => level !== "debug").at(-1);
    assert.is(last?.[1], "Unable to use TLS configuration");
    assert.match(String(last?.[2].err), /web\.yml:3:13: key_file: it is not the key of the certificate/);
    cpSync(certificates, directory, { recursive: true });
    assert.ok((await curl(scene)).endsWith("200"));
    assert.is(lines.filter(([level]) => level !== "debug").at(-1)?.[1], "TLS configuration can be used again");
  }),
);

withTools("TLS can't be switched off while it runs, nor by a broken file", () =>
  withTls("", async (scene) => {
    for (const broken of ["tls_server_config: [\n", "basic_auth_users: {}\n", ""]) {
      writeFileSync(join(scene.directory, "web.yml"), broken);
      assert.not.ok((await curl(scene, "-k")).endsWith("200"), broken);
      assert.is((await execute("curl", ["-s", "-m", "10", `http://${scene.address}/metrics`])).stdout, "");
    }
    scene.configure("");
    assert.ok((await curl(scene)).endsWith("200"));
  }),
);

withTools("a policy for clients that is made stricter holds for the next connection", () =>
  withTls("", async (scene) => {
    assert.ok((await curl(scene)).endsWith("200"));
    scene.configure("  client_auth_type: RequireAndVerifyClientCert\n  client_ca_file: ca.crt\n");
    assert.not.ok((await curl(scene)).endsWith("200"));
    assert.ok((await curl(scene, ...identity(scene, "client"))).endsWith("200"));
  }),
);

withTools("certificates and keys can stand in the file itself", () =>
  withTls("", async (scene) => {
    const block = (name: string) => readFileSync(join(scene.directory, name), "utf8").trim().replaceAll("\n", "\n    ");
    const text = `tls_server_config:\n  cert: |\n    ${block("server.crt")}\n  key: |\n    ${block("server.key")}\n`;
    writeFileSync(join(scene.directory, "web.yml"), text);
    assert.ok((await curl(scene)).endsWith("200"));
    appendFileSync(
      join(scene.directory, "web.yml"),
      `  client_ca: |\n    ${block("ca.crt")}\n  client_auth_type: RequireAndVerifyClientCert\n`,
    );
    assert.not.ok((await curl(scene)).endsWith("200"));
    assert.ok((await curl(scene, ...identity(scene, "client"))).endsWith("200"));
  }),
);

test.run();
