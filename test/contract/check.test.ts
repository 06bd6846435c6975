import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { run } from "../exporter.ts";
import { withFolder } from "../stand_in.ts";

const BAD = `basic_auth_users:
  alice: plain
bogus: 1
`;

const MISSING = `commands:
  - name: a
    command: [no-such-program]
    cwd: /no/such
    env: {PATH: /bin}
    parser: {format: prometheus}
  - name: b
    command: 'if true; then /no/such/program | cat; fi; X=1 $Y; ./z'
    cwd: /
    parser: {format: prometheus}
  - {name: c, file: /no/such/file, parser: {format: prometheus}}
`;

test("check names every problem of a web configuration, with file, line and column", async () => {
  await withFolder(async (folder) => {
    const file = join(folder, "web.yml");
    writeFileSync(file, BAD);
    const { code, stdout, stderr } = await run({ args: ["check", `--web.config.file=${file}`] });
    assert.is(code, 1);
    assert.is(stdout, "");
    const hash = "found no bcrypt hash (not shown), wanted one like $2y$10$… (htpasswd -nBC 10 NAME makes them)";
    const keys = "tls_server_config, http_server_config, basic_auth_users, rate_limit";
    assert.is(
      stderr,
      `memory_exporter: error: ${file}:2:10: basic_auth_users.alice: ${hash}\n` +
        `memory_exporter: error: ${file}:3:1: unknown key "bogus", wanted one of ${keys}\n`,
    );
  });
});

test("check says that a good file is valid, and what can't be read isn't", async () => {
  await withFolder(async (folder) => {
    const file = join(folder, "web.yml");
    const missing = await run({ args: ["check", "--web.config.file", file] });
    assert.is(missing.code, 1);
    assert.is(missing.stderr, `memory_exporter: error: ${file}: Cannot read it: no such file\n`);
    writeFileSync(file, "http_server_config:\n  headers:\n    X-Frame-Options: deny\n");
    const good = await run({ args: ["check", "--web.config.file", file] });
    assert.equal([good.code, good.stdout, good.stderr], [0, `${file}: valid\n`, ""]);
  });
});

test("check reads the configuration of pushes, and what it names", () =>
  withFolder(async (folder) => {
    const file = join(folder, "push.yml");
    const check = (text: string) => {
      writeFileSync(file, text);
      return run({ args: ["check", `--push.config.file=${file}`] });
    };
    const good = await check("authorization: {credentials: s3cret}");
    assert.equal([good.code, good.stdout, good.stderr], [0, `${file}: valid\n`, ""]);
    const bad = await check("authorization: {credentials: s3cret, credentials_file: x}\nsigv4: {}\nbogus: s3cret\n");
    assert.equal([bad.code, bad.stdout], [1, ""]);
    assert.match(
      bad.stderr,
      /push\.yml:2:8: sigv4: found a key that isn't supported, wanted one of .*\n.*push\.yml:3:1: unknown key/,
    );
    assert.not.match(bad.stderr, /s3cret/);
    const missing = await check("tls_config: {ca_file: none.pem}");
    assert.match(missing.stderr, /push\.yml:1:23: ca_file: Cannot read .*none\.pem: no such file\n$/);
  }));

test("check names the problems of all files at once, and warns of what this machine hasn't got", async () => {
  await withFolder(async (folder) => {
    const [web, push, config] = ["web.yml", "push.yml", "a.yml"].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ];
    const args = ["check", `--web.config.file=${web}`, `--push.config.file=${push}`, `--config.file=${config}`];
    writeFileSync(config, MISSING);
    const tls =
      "tls_server_config: {cert_file: no.crt, key_file: no.key}\nbogus: 1\nhttp_server_config: {headers: {X: y}}\n";
    writeFileSync(web, tls);
    writeFileSync(push, "bogus: 1\nauthorization: {type: basic}\n");
    const bad = await run({ args });
    assert.is(bad.code, 1);
    const where = "wanted it where the exporter runs";
    const none = "no such file or directory";
    assert.equal(
      bad.stderr
        .replaceAll(`${folder}/`, "")
        .trim()
        .split("\n")
        .map((line) => line.replace("memory_exporter: ", "")),
      [
        `warning: a.yml:3:15: command.0: found no program "no-such-program" in PATH, ${where}`,
        `warning: a.yml:4:10: cwd: found no directory "/no/such" (${none}), ${where}`,
        `warning: a.yml:8:14: command: found no program "/no/such/program" (${none}), ${where}`,
        `warning: a.yml:11:21: file: found no file "/no/such/file" (${none}), ${where}`,
        `error: web.yml:1:32: cert_file: Cannot read no.crt: no such file`,
        `error: web.yml:1:50: key_file: Cannot read no.key: no such file`,
        `error: web.yml:2:1: unknown key "bogus", wanted one of tls_server_config, http_server_config, basic_auth_users, rate_limit`,
        `error: web.yml:3:32: HTTP header "X" can not be configured, wanted one of Content-Security-Policy, Strict-Transport-Security, X-Content-Type-Options, X-Frame-Options, X-XSS-Protection`,
        `error: push.yml:1:1: unknown key "bogus", wanted one of basic_auth, authorization, oauth2, tls_config, headers, http_headers, proxy_url, no_proxy, proxy_from_environment, proxy_connect_header, follow_redirects, enable_http2`,
        `error: push.yml:2:17: authorization type cannot be set to "basic", use "basic_auth" instead`,
      ],
    );
    for (const file of [web, push]) writeFileSync(file, "");
    const good = await run({ args });
    assert.equal([good.code, good.stdout], [0, [config, web, push].map((file) => `${file}: valid\n`).join("")]);
    assert.is(good.stderr.match(/: warning: /g)?.length, 4);
  });
});

const FOR_A_SHELL = `commands:
  - {name: a, command: ["free -m"], output_of: free -m}
  - {name: b, command: [cat, /etc/hostname, '|', wc], parser: {format: prometheus}}
  - {name: c, command: [cut, -d, '|', /etc/hostname], parser: {format: prometheus}}
  - {name: d, file: '/etc/{a,b}*', parser: {format: prometheus}}
  - {name: e, file: '/etc/**/x', parser: {format: prometheus}}
  - {name: f, file: '/etc/*', parser: {format: prometheus}}
  - {name: g, command: [[free]], parser: {format: prometheus}}
`;

test("check warns of what only a shell understands", () =>
  withFolder(async (folder) => {
    const file = join(folder, "a.yml");
    writeFileSync(file, FOR_A_SHELL);
    const { code, stderr } = await run({ args: ["check", `--config.file=${file}`] });
    const way = "wanted * for any characters within a name";
    assert.equal(
      [code, ...stderr.replaceAll(`memory_exporter: `, "").replaceAll(file, "a.yml").trim().split("\n")],
      [
        1,
        'warning: a.yml:2:25: command.0: found "free -m" as the program, wanted each word by itself: [free, -m]',
        'warning: a.yml:3:45: command.2: found "|" as an argument, since a list is run without a shell, wanted one text for a shell line',
        `warning: a.yml:5:21: file: found "{a,b}", which is no pattern here, ${way}`,
        `warning: a.yml:6:21: file: found "**", which is no pattern here, ${way}`,
        "error: a.yml:8:25: command.0: found a list, wanted a text, or {parameter: NAME}",
      ],
    );
  }));

test("check without a file is bad usage", async () => {
  const { code, stderr } = await run({ args: ["check"] });
  assert.is(code, 1);
  assert.is(
    stderr,
    "memory_exporter: error: check: found no file to check, wanted one of --config.file, --web.config.file, --push.config.file, try --help\n",
  );
});

test.run();
