import { spawn } from "node:child_process";
import { cpSync, readFileSync, renameSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { hashSync } from "bcryptjs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { execute } from "../execute.ts";
import { collect, run, withExporter } from "../exporter.ts";
import { form, productOf } from "../forms.ts";
import { canHang, withHangingFile } from "../hanging_file.ts";
import { ask } from "../http.ts";
import { answerOf, hasPrometheus, withPrometheus } from "../prometheus.ts";
import { freePort } from "../servers.ts";
import { until, withFolder } from "../stand_in.ts";
import { tied } from "../tied.ts";
import { certificates, hasTlsTools } from "../tls_scene.ts";
import { needs, testWhere } from "../tools.ts";

const USERS = `basic_auth_users:\n  prometheus: ${hashSync("secret", 4)}\n`;
const authorization = `Basic ${Buffer.from("prometheus:secret").toString("base64")}`;
const MUTUAL_TLS = `tls_server_config:
  cert_file: server.crt
  key_file: server.key
  client_auth_type: RequireAndVerifyClientCert
  client_ca_file: ca.crt
  client_allowed_sans: [prometheus.example]
`;

/** Writes a web configuration beside certificates, and gives its path. */
function writeConfig(folder: string, text: string): string {
  if (certificates !== "") cpSync(certificates, folder, { recursive: true });
  const file = join(folder, "web.yml");
  writeFileSync(file, text);
  return file;
}

test("every path needs credentials, which are read again when the file changes", async () => {
  await withFolder(async (folder) => {
    const file = writeConfig(folder, USERS);
    await withExporter({ args: [`--web.config.file=${file}`] }, async ({ url, log, logged }) => {
      for (const path of ["/", "/metrics", "/-/healthy", "/nowhere"]) {
        const refused = await ask(`${url}${path}`);
        assert.equal([path, refused.status, refused.text], [path, 401, "Unauthorized\n"]);
        assert.is(refused.headers["www-authenticate"], "Basic");
      }
      const page = await ask(`${url}/metrics`, { headers: { authorization } });
      assert.is(page.status, 200);
      assert.match(page.text, /^memory_up 1$/m);
      writeFileSync(file, "basic_auth_users: {prometheus: secret}\n");
      assert.is((await ask(`${url}/metrics`, { headers: { authorization } })).status, 500);
      assert.match(
        await logged(),
        /level=ERROR msg="Unable to parse configuration" err="[^"]*web\.yml:1:32: [^\n]*not shown/,
      );
      assert.not.match(log(), /secret/);
      writeFileSync(file, "");
      assert.is((await ask(`${url}/metrics`)).status, 200);
    });
  });
});

test("health paths are free with --web.health-without-auth, by the environment too", async () => {
  await withFolder((folder) => {
    const env = {
      MEMORY_EXPORTER_WEB_CONFIG_FILE: writeConfig(folder, USERS),
      MEMORY_EXPORTER_WEB_HEALTH_WITHOUT_AUTH: "true",
    };
    return withExporter({ env }, async ({ url }) => {
      assert.is((await ask(`${url}/-/healthy`)).status, 200);
      await until("ready", async () => (await ask(`${url}/-/ready`)).status === 200);
      assert.is((await ask(`${url}/metrics`)).status, 401);
    });
  });
});

test("configured headers are on all answers, and take precedence", async () => {
  await withFolder(async (folder) => {
    const policy = "default-src 'self'";
    const headers = `http_server_config: {headers: {Content-Security-Policy: "${policy}", X-Frame-Options: deny}}\n`;
    await withExporter({ args: [`--web.config.file=${writeConfig(folder, headers)}`] }, async ({ url }) => {
      for (const path of ["/", "/metrics", "/nowhere"]) {
        const answer = await ask(`${url}${path}`);
        assert.is(answer.headers["content-security-policy"], policy, path);
        assert.is(answer.headers["x-frame-options"], "deny", path);
      }
    });
  });
});

test("an invalid web configuration prevents the start, with a line for each mistake", async () => {
  await withFolder(async (folder) => {
    const file = writeConfig(folder, "basic_auth_users: {}\ntls_server_config: {cert_file: none.crt, key_file: b}\n");
    const { code, stdout, stderr } = await run({
      args: ["--web.listen-address=127.0.0.1:0", `--web.config.file=${file}`],
    });
    assert.equal([code, stdout], [1, ""]);
    const told = stderr.split("\n").filter((line) => line.includes("level=ERROR"));
    assert.is(told.length, 2);
    assert.match(told[0] ?? "", /web\.yml:2:32: cert_file: Cannot read [^ ]*none\.crt: no such file/);
    assert.match(told[1] ?? "", /web\.yml:2:52: key_file: Cannot read [^ ]*b: no such file/);
    assert.not.match(stderr, /Listening on/);
  });
});

testWhere(canHang)("with a web configuration whose read hangs, requests get 500, and the exporter can be stopped", () =>
  withFolder((folder) =>
    withHangingFile(async ({ path, opened }) => {
      const file = writeConfig(folder, "");
      const args = [`--web.config.file=${file}`];
      const { code, killed } = await withExporter({ args }, async ({ url, kill, ended }) => {
        assert.is((await ask(`${url}/-/healthy`)).status, 200);
        renameSync(file, `${file}.good`);
        symlinkSync(path, file);
        const asked = ask(`${url}/-/healthy`);
        await opened();
        assert.is((await asked).status, 500);
        kill("SIGTERM");
        const timer = setTimeout(kill, 120_000, "SIGKILL");
        const { code, signal } = await ended;
        clearTimeout(timer);
        return { code, killed: signal };
      });
      assert.equal([code, killed], [0, null]);
    }),
  ),
);

test("the rate limit answers 429", async () => {
  await withFolder((folder) =>
    withExporter(
      { args: [`--web.config.file=${writeConfig(folder, "rate_limit: {interval: 1h, burst: 2}\n")}`] },
      async ({ url }) => {
        const statuses = [];
        for (let i = 0; i < 4; i += 1) statuses.push((await ask(`${url}/-/healthy`)).status);
        assert.equal(statuses, [200, 200, 429, 429]);
      },
    ),
  );
});

test("docs/security.md names tests that are there", () => {
  const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");
  const rows = read("docs/security.md")
    .split("\n")
    .filter((row) => row.includes("`test/"));
  const named = rows.flatMap((row) => {
    const [, shownBy = ""] = /\| (`test\/.*) \|$/.exec(row) ?? [];
    return shownBy.split("; ").flatMap((part) => {
      const [, file = "", names = ""] = /^`(test\/\S+)` (.*)$/.exec(part) ?? [];
      return [...names.matchAll(/"([^"]+)"/g)].map(([, name = ""]) => ({ file, name }));
    });
  });
  assert.ok(named.length > 20);
  for (const { file, name } of named) {
    const parts = name.split("…");
    assert.ok(
      parts.every((part) => read(file).includes(part)),
      `${file} "${name}"`,
    );
  }
});

const withTls = hasTlsTools ? test : test.skip;

withTls("TLS with HTTP/2 and HTTP/1.1; without a client certificate nothing", async () => {
  await withFolder((folder) =>
    withExporter({ args: [`--web.config.file=${writeConfig(folder, MUTUAL_TLS)}`] }, async ({ url, log }) => {
      await until("TLS in the log", () => /msg="TLS is enabled\." http2=true address=/.test(log()));
      const identity = ["--cert", join(folder, "client.crt"), "--key", join(folder, "client.key")];
      const options = ["-sS", "-m", "170", "--cacert", join(folder, "ca.crt"), "-w", "%{http_version}"];
      const target = `${url.replace("http:", "https:")}/metrics`;
      for (const version of ["2", "1.1"]) {
        const { stdout } = await execute("curl", [...options, ...identity, `--http${version}`, target]);
        assert.match(stdout, /^memory_up 1$/m);
        assert.ok(stdout.endsWith(`\n${version}`), stdout.slice(-20));
      }
      assert.is((await execute("curl", [...options, target])).stdout.replace(/0$/, ""), "");
    }),
  );
});

(hasTlsTools && hasPrometheus ? test : test.skip)("Prometheus scrapes over mutual TLS with a password", async () => {
  await withFolder((folder) =>
    withExporter({ args: [`--web.config.file=${writeConfig(folder, MUTUAL_TLS + USERS)}`] }, async ({ url }) => {
      const config = `global: {scrape_interval: 1s, scrape_timeout: 1s}
scrape_configs:
  - job_name: memory
    scheme: https
    basic_auth: {username: prometheus, password: secret}
    tls_config: {ca_file: ca.crt, cert_file: client.crt, key_file: client.key}
    static_configs: [{targets: ["${new URL(url).host}"]}]
  - job_name: stranger
    scheme: https
    basic_auth: {username: prometheus, password: secret}
    tls_config: {ca_file: ca.crt, cert_file: stranger.crt, key_file: stranger.key}
    static_configs: [{targets: ["${new URL(url).host}"]}]
  - job_name: guess
    scheme: https
    basic_auth: {username: prometheus, password: guess}
    tls_config: {ca_file: ca.crt, cert_file: client.crt, key_file: client.key}
    static_configs: [{targets: ["${new URL(url).host}"]}]
`;
      await withPrometheus(config, folder, async (api, log) => {
        const is = (expression: string, value: string) =>
          until(`${expression} is ${value}\n${log()}`, async () => (await answerOf(api, expression)) === value);
        await is('up{job="memory"}', "1");
        await is("memory_up", "1");
        await is('up{job="stranger"}', "0");
        await is('up{job="guess"}', "0");
      });
    }),
  );
});

const withActivation = needs("systemd-socket-activate", "--version") ? test : test.skip;

withActivation("sockets of systemd are used, and not inherited by commands", async () => {
  await withFolder(async (folder) => {
    const port = await freePort();
    const seen = join(folder, "seen");
    const command = `{ env; ls -l /proc/self/fd; } > ${seen}; free -b`;
    const product = [...productOf(form), "--web.systemd-socket", "--command", command, "--command.output-of=free -b"];
    const [program, ...words] = tied(["systemd-socket-activate", "-l", `127.0.0.1:${port}`, ...product]);
    const child = spawn(program, words);
    const log = collect(child.stderr);
    const ended = new Promise((resolve) => child.once("exit", resolve));
    try {
      await until("a socket", async () => log().includes("as 3"));
      const answer = await ask(`http://127.0.0.1:${port}/metrics`).catch((error: Error) => error.message);
      if (form.endsWith("deno")) {
        assert.is(await ended, 1);
        assert.match(log(), /sockets of systemd can't be used on Deno/);
      } else {
        assert.match(typeof answer === "string" ? answer : answer.text, /^memory_up 1$/m);
        assert.match(log(), new RegExp(`msg="Listening on" address=127\\.0\\.0\\.1:${port}\n`));
        assert.not.match(readFileSync(seen, "utf8"), /^LISTEN_| ([3-9]|\d\d) -> socket:/m);
      }
    } finally {
      child.kill("SIGKILL");
      await ended;
    }
  });
  const { code, stderr } = await run({ args: ["--web.systemd-socket"] });
  assert.is(code, 1);
  if (!form.endsWith("deno")) assert.match(stderr, /msg="no socket activation file descriptors found [^\n]*"\n$/);
});

test.run();
