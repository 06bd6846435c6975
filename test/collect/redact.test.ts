import { test } from "uvu";
import * as assert from "uvu/assert";
import { createRedactor } from "../../src/collect/redact.ts";
import { presets } from "../../src/presets/table.ts";

const plain = createRedactor([], {});

/** Texts in which `hunter2` or `ab c` is a secret, and what is left of them. */
const TEXTS: readonly (readonly [text: string, left: string])[] = [
  ["PGPASSWORD=hunter2 psql -h db", "PGPASSWORD=<redacted> psql -h db"],
  ["export MYSQL_PWD='ab c'; free", "export MYSQL_PWD=<redacted> free"],
  ['API_TOKEN="ab c" free -b', "API_TOKEN=<redacted> free -b"],
  ["A_SECRET=ab\\ c free", "A_SECRET=<redacted> free"],
  ['PASSWORD=ab" "c free', "PASSWORD=<redacted> free"],
  ['PASSWORD="ab c', "PASSWORD=<redacted>"],
  ['PASSWORD="ab c\nnext line', "PASSWORD=<redacted>\nnext line"],
  ["env OPTS=PASSWORD=hunter2 free", "env OPTS=PASSWORD=<redacted> free"],
  ["tool --password=hunter2 -x", "tool --password=<redacted> -x"],
  ["tool --password hunter2 -x", "tool --password <redacted> -x"],
  ["tool --db.passwd 'ab c' -x", "tool --db.passwd <redacted> -x"],
  ["tool -apikey hunter2 -x", "tool -apikey <redacted> -x"],
  ["tool /password:hunter2 -x", "tool /password:<redacted> -x"],
  ["mysql -u root -p hunter2 -e x", "mysql -u root -p <redacted> -e x"],
  ["mysql -phunter2 -e x", "mysql -p<redacted> -e x"],
  ["ipmitool -U admin -P hunter2 sdr", "ipmitool -U admin -P <redacted> sdr"],
  ["redis-cli -a hunter2 info memory", "redis-cli -a <redacted> info memory"],
  ["curl -u root:hunter2 http://h/", "curl -u <redacted> http://h/"],
  ["curl --user=root:hunter2 http://h/", "curl --user=<redacted> http://h/"],
  ["smbclient -U 'root%hunter2' //h", "smbclient -U <redacted> //h"],
  ["openssl -passin pass:hunter2", "openssl -passin <redacted>"],
  ["psql postgres://root:hunter2@db:5432/x", "psql postgres://<redacted>@db:5432/x"],
  ["psql 'postgres://root:hunt@er2@db/x'", "psql 'postgres://<redacted>@db/x'"],
  ["git clone https://hunter2@example.org/x", "git clone https://<redacted>@example.org/x"],
  ["dump root:hunter2@db", "dump <redacted>@db"],
  ["sqlplus scott/hunter2@db", "sqlplus <redacted>@db"],
  ["curl -H 'Authorization: Bearer hunter2' x", "curl -H 'Authorization: <redacted>"],
  ["> proxy-authorization: Basic aHVudGVyMg==\n> Host: x", "> proxy-authorization: <redacted>\n> Host: x"],
  ["Cookie: a=hunter2; b=hunter2", "Cookie: <redacted>"],
  ["X-Api-Key: hunter2", "X-Api-Key: <redacted>"],
  ['{"password": "ab c", "user": "x"}', '{"password": <redacted> "user": "x"}'],
  ['{"accessKey":"a\\"b c"}', '{"accessKey":<redacted>'],
  ["got bearer hunter2hunter2", "got bearer <redacted>"],
  ["?token=hunter2&x=1", "?token=<redacted>"],
  ["password = hunter2", "password = <redacted>"],
];

test("what a name, an option or a place tells to be secret is hidden", () => {
  for (const [text, left] of TEXTS) assert.is(plain.text(text), left, text);
});

test("what looks like a token is hidden, in whatever place", () => {
  for (const token of [
    "ghp_16C7e42F292c6912E7710c838347Ae178B4a",
    "github_pat_11AAAAAAA0aaaaaaaaaaaa",
    "sk-proj-abcdefghijklmnopqrst",
    ["xoxb", "1234", "abcdefghijklmnop"].join("-"),
    "AKIAIOSFODNN7EXAMPLE",
    "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    "abcdef0123456789abcdef0123456789",
    "5f4dcc3b5aa765d61d8327deb882cf99",
    "c0ffee00-8f1b-4a2b-9c3d-123456789abc",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9P",
  ]) {
    assert.is(plain.text(`said ${token}, twice "${token}"`), 'said <redacted>, twice "<redacted>"', token);
  }
  assert.is(plain.text("/run/5f4dcc3b5aa765d61d8327deb882cf99/x"), "/run/<redacted>/x");
});

test("other texts are left as they are", () => {
  for (const text of [
    "free: invalid option -- 'b'\nTry 'free --help' for more information.",
    "/usr/lib/x86_64-linux-gnu/libprocps.so.8.0.3: cannot open shared object file",
    'line 3: found "Mem: 1 2", wanted 6 figures',
    'exit status 1, stderr ends in "bash: line 1: free: command not found"',
    "password authentication failed for user root",
    "0::/user.slice/user-1000.slice/user@1000.service/app.slice",
    "did not end within 5.000 s",
    "killed by SIGKILL",
    "git@example.org: Permission denied",
    "git@example.org: Permission denied",
    "123456789012345678901234567890123456",
    "Get-CimInstance Win32_PerfFormattedData_PerfOS_Memory",
    "",
  ]) {
    assert.is(plain.text(text), text);
  }
});

test("the commands of the presets are shown whole", () => {
  for (const { argv } of presets.flatMap((preset) => preset.alternatives)) {
    assert.equal(createRedactor([argv], { PATH: "/usr/bin:/bin", LC_ALL: "C" }).argv(argv), argv);
  }
});

test("words behind an option are hidden whole, whatever they hold", () => {
  assert.equal(plain.argv(["tool", "--password", "a b\nc", "-x"]), ["tool", "--password", "<redacted>", "-x"]);
  assert.equal(plain.argv(["tool", "--Token", "-b", "x"]), ["tool", "--Token", "<redacted>", "x"]);
  assert.equal(plain.argv(["tool", "-p", "a b", "-u", "me:b c"]), ["tool", "-p", "<redacted>", "-u", "<redacted>"]);
  assert.equal(plain.argv(["free", "-w", "-b", "-a", "-w", "x"]), ["free", "-w", "-b", "-a", "-w", "<redacted>"]);
  assert.equal(plain.argv(["sh", "-c", "PASSWORD=x free -b"]), ["sh", "-c", "PASSWORD=<redacted> free -b"]);
  assert.equal(plain.argv(["-b"]), ["-b"]);
});

test("variables are hidden by name, and by value", () => {
  const shown = plain.environment({
    PGPASSWORD: "x",
    aws_secret_access_key: "y",
    GITHUB_TOKEN: "z",
    DATABASE_URL: "postgres://root:hunter2@db/x",
    CUDA_VISIBLE_DEVICES: "0",
    PATH: "/usr/bin",
  });
  assert.equal(shown, {
    PGPASSWORD: "<redacted>",
    aws_secret_access_key: "<redacted>",
    GITHUB_TOKEN: "<redacted>",
    DATABASE_URL: "postgres://<redacted>@db/x",
    CUDA_VISIBLE_DEVICES: "0",
    PATH: "/usr/bin",
  });
});

test("a secret of the command or its environment is hidden wherever it shows up", () => {
  const argv = ["sh", "-c", "tool --password 'hunter two' http://me:correct@h/; echo $X"];
  const environment = { X_TOKEN: "sesame", SHORT_KEY: "ab", AUTH: "true", HOME: "/home/sesame" };
  const { text, argv: words, environment: variables } = createRedactor([argv], environment);
  assert.is(
    text("no hunter two and no correct, ab sesame.sesame true"),
    "no <redacted> and no <redacted>, ab <redacted>.<redacted> true",
  );
  assert.equal(words(["echo", "sesame"]), ["echo", "<redacted>"]);
  assert.is(variables(environment).HOME, "/home/<redacted>");
});

test("redacting again changes nothing", () => {
  for (const [text] of TEXTS) {
    const once = plain.text(text);
    assert.is(plain.text(once), once);
  }
});

test("time is linear in the length", () => {
  const began = performance.now();
  for (const piece of [
    "a",
    "pass",
    "password=",
    "key ",
    "a:",
    "a=,",
    "://",
    "@",
    "-p",
    "-p ",
    '"',
    "'",
    "\\",
    "a1",
    " ",
    "key:  ",
    "--",
    "-u",
    "a/",
    "basic ",
    ".",
  ]) {
    plain.text(piece.repeat(2 ** 20 / piece.length));
  }
  assert.ok(performance.now() - began < 20_000, `took ${performance.now() - began} ms`);
});

test.run();
