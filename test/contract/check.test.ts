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

test("check without a file is bad usage", async () => {
  const { code, stderr } = await run({ args: ["check"] });
  assert.is(code, 1);
  assert.is(
    stderr,
    "memory_exporter: error: check: found no file to check, wanted one of --config.file, --web.config.file, --push.config.file, try --help\n",
  );
});

test.run();
