import { readFileSync } from "node:fs";
import { connect } from "node:http2";
import { Agent, get } from "node:https";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { onDeno } from "../../src/web/runtime.ts";
import { execute } from "../execute.ts";
import { until } from "../stand_in.ts";
import { curl, handshake, hasTlsTools, identity, withTls } from "../tls_scene.ts";
import { testWhere } from "../tools.ts";

const withTools = hasTlsTools ? test : test.skip;
const onlyNode = onDeno() ? testWhere(false) : withTools;
const onlyDeno = onDeno() ? withTools : testWhere(false);

withTools("TLS is logged, HTTP/2 is the default, and HTTP/1.1 works too", () =>
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

withTools("plain HTTP on a TLS port gets no answer", () =>
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

withTools("client_allowed_sans requires an exact name", () =>
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

withTools("the configured versions are enforced", () =>
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

withTools("HTTP/2 has the same limits", () =>
  withTls("", async ({ address, directory }) => {
    const client = connect(`https://${address}`, { ca: readFileSync(join(directory, "ca.crt")) });
    const ask = (headers: Record<string, string>) =>
      new Promise<number | string | undefined>((resolve) => {
        const stream = client.request({ ":path": "/a", ...headers });
        let status: number | string | undefined;
        stream.on("response", (head) => {
          status = head[":status"];
        });
        stream.on("error", () => {});
        stream.on("close", () => resolve(status));
        stream.resume();
      });
    client.on("error", () => {});
    // The bounds hold once the client has heard of them.
    assert.is(await ask({}), 200);
    assert.is(await ask({ large: "a".repeat(20_000) }), undefined);
    const many = await Promise.all(Array.from({ length: 300 }, () => ask({})));
    assert.equal(new Set(many), new Set([200]));
    assert.is(client.remoteSettings.maxConcurrentStreams, 100);
    await new Promise<void>((resolve) => client.close(resolve));
  }),
);

withTools("closing lets running requests finish over TLS too, and then ends their connections", () => {
  const held: { end(text: string): void }[] = [];
  return withTls(
    "",
    async ({ address, directory, listeners }) => {
      const ca = readFileSync(join(directory, "ca.crt"));
      const session = connect(`https://${address}`, { ca });
      const ended = new Promise((resolve) => session.once("close", resolve));
      const overHttp2 = text(session.request({ ":path": "/a" }));
      const agent = new Agent({ keepAlive: true, ca });
      const overHttp1 = new Promise<string>((resolve, reject) => {
        get(`https://${address}/a`, { agent }, (response) => resolve(text(response))).on("error", reject);
      });
      await until("both requests", () => held.length === 2);
      const closed = listeners[0]?.close();
      for (const response of held) response.end("slow");
      await closed;
      assert.equal(await Promise.all([overHttp2, overHttp1]), ["slow", "slow"]);
      await ended;
    },
    { handler: (_, response) => void held.push(response) },
  );
});

withTools("a unix socket has TLS too, and HTTP/2", () =>
  withTls(
    "  client_auth_type: RequireAndVerifyClientCert\n  client_ca_file: ca.crt\n",
    async (scene) => {
      assert.equal(scene.lines[1], ["info", "TLS is enabled.", { http2: true, address: scene.address }]);
      const local = { ...scene, address: "127.0.0.1" };
      const socket = ["--unix-socket", join(scene.directory, "a.sock")];
      assert.is(await curl(local, ...socket, ...identity(scene, "client")), "ok /metrics\n2 200");
      assert.is(await curl(local, "--http1.1", ...socket, ...identity(scene, "client")), "ok /metrics\n1.1 200");
      assert.not.ok((await curl(local, ...socket)).endsWith("200"));
    },
    { listen: (directory) => `unix:${directory}/a.sock` },
  ),
);

test.run();
