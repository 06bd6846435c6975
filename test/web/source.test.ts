import { appendFileSync, copyFileSync, cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { execute } from "../execute.ts";
import { certificates, curl, hasTlsTools, identity, withTls } from "../tls_scene.ts";

const withTools = hasTlsTools ? test : test.skip;

withTools("a renewed certificate is used for the next connection, an invalid one for none", () =>
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

withTools("TLS can't be switched off without a restart, not even by an invalid file", () =>
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

withTools("a stricter client policy applies to the next connection", () =>
  withTls("", async (scene) => {
    assert.ok((await curl(scene)).endsWith("200"));
    scene.configure("  client_auth_type: RequireAndVerifyClientCert\n  client_ca_file: ca.crt\n");
    assert.not.ok((await curl(scene)).endsWith("200"));
    assert.ok((await curl(scene, ...identity(scene, "client"))).endsWith("200"));
  }),
);

withTools("certificates and keys can be in the file itself", () =>
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
