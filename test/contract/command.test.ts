import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { run, sampleOf, withExporter } from "../exporter.ts";
import { affordable, form } from "../forms.ts";
import { scrape } from "../http.ts";
import { PRINT_FREE, withFolder, withPrograms } from "../stand_in.ts";

/** Runs `once` with a stand-in `free` that keeps its environment; a variable of the exporter for each name. */
async function environmentOf(variables: Readonly<Record<string, string | undefined>>, ...args: string[]) {
  const free = `cat /proc/$$/environ > "$(dirname "$0")/environ"; ${PRINT_FREE}`;
  return withPrograms({ free }, async ({ PATH }, folder) => {
    const { code, stderr } = await run({ args: ["once", ...args], env: { PATH, ...variables } });
    assert.is(code, 0, stderr);
    const entries = readFileSync(join(folder, "environ"), "utf8").split("\0").slice(0, -1);
    const environment = Object.fromEntries(entries.map((entry) => entry.split(/=(.*)/s, 2)));
    assert.is(environment.PATH, PATH);
    return environment;
  });
}

test("a command's environment holds what the contract names, and nothing else", async () => {
  const passed = {
    HOME: "/home/of some=one",
    USER: "someone",
    LOGNAME: "somebody",
    TZ: "Asia/Tokyo",
    TMPDIR: "/var/tmp",
  };
  const others = {
    LANG: "de_DE.UTF-8",
    LC_ALL: "fr_FR.UTF-8",
    LC_NUMERIC: "fr_FR.UTF-8",
    LANGUAGE: "fr",
    SECRET: "sesame",
    LD_BIND_NOW: "1",
    NODE_ENV: "test",
    PKG_EXECPATH: "sesame",
    MEMORY_EXPORTER_LOG_LEVEL: "warn",
    NOTIFY_SOCKET: "/run/x",
    LISTEN_FDS: "1",
  };
  const { PATH, MEMORY_EXPORTER_RUN, ...rest } = await environmentOf({ ...passed, ...others });
  assert.ok(MEMORY_EXPORTER_RUN);
  assert.equal(rest, { ...passed, LC_ALL: "C" });
});

test("what is not set is not passed on", async () => {
  const unset = { HOME: undefined, USER: undefined, LOGNAME: undefined, TZ: undefined, TMPDIR: undefined };
  // Deno keeps its cache below HOME.
  const environment = await environmentOf(form.endsWith("deno") ? { ...unset, HOME: process.env.HOME } : unset);
  const names = Object.keys(environment).filter((name) => !form.endsWith("deno") || name !== "HOME");
  assert.equal(names.sort(), ["LC_ALL", "MEMORY_EXPORTER_RUN", "PATH"]);
});

test("a shell line has the same environment", async () => {
  const environment = await environmentOf({ SECRET: "sesame" }, "--command=free -b -w");
  assert.is(environment.SECRET, undefined);
  assert.is(environment.LC_ALL, "C");
});

/** Lines that a library that puts the program's own file in node's place would change. */
const NODE_LINES = [
  "node figures.js",
  "exec node figures.js",
  "/usr/bin/env node figures.js",
  "sh -c 'node figures.js'",
  "node $HOME/figures.js",
];

test("a command that is named node is the one in PATH, and isn't told of the exporter's own program", async () => {
  const node = 'tr "\\0" "\\n" < /proc/$$/environ > "$HOME/environ"; cat /proc/meminfo';
  await withPrograms({ node }, async (env, HOME) => {
    for (const line of affordable(NODE_LINES, 2)) {
      const args = ["once", "--command.preset=meminfo", `--command=${line}`];
      const { code, stdout, stderr } = await run({ args, env: { ...env, HOME } });
      assert.is(code, 0, stderr);
      assert.ok((sampleOf(stdout, "memory_total_bytes") ?? 0) > 0);
      assert.not.match(readFileSync(join(HOME, "environ"), "utf8"), /^(PKG_|NODE_)/m);
    }
  });
});

async function ignoresNodeOptions(): Promise<void> {
  const variables = {
    NODE_OPTIONS: "--require=/nonexistent --max-old-space-size=1 --bogus",
    NODE_PATH: "/nonexistent",
    PKG_EXECPATH: "PKG_INVOKE_NODEJS",
  };
  const version = await run({ args: ["--version"], env: variables });
  assert.match(version.stdout, /^memory_exporter, version /);
  assert.equal([version.code, version.stderr], [0, ""]);
  const { code, stderr } = await run({ args: ["--inspect=0"], env: variables });
  assert.equal([code, stderr], [1, "memory_exporter: error: unknown long flag '--inspect', try --help\n"]);
  await withExporter({ env: variables }, async ({ url }) => {
    assert.is(sampleOf(await scrape(url), "memory_up"), 1);
  });
}

// The other forms run on a node or deno that people call themselves, with the options that they want.
if (form === "executable") test("what is meant for node doesn't reach into the executable", ignoresNodeOptions);

test("descriptors that the exporter has inherited aren't inherited by commands", async () => {
  await withFolder(async (folder) => {
    const seen = join(folder, "seen");
    const inherit = [
      "/bin/bash",
      "-c",
      'exec 9</etc/passwd 30</etc/passwd 31</etc/passwd 200</etc/passwd; exec "$@"',
      "bash",
    ];
    const command = `ls -l /proc/self/fd > ${seen}; free -b`;
    const { code, stderr } = await run({
      args: ["once", "--command", command, "--command.output-of=free -b"],
      under: inherit,
    });
    assert.is(code, 0, stderr);
    const text = readFileSync(seen, "utf8");
    assert.match(text, / 1 -> /);
    assert.not.match(text, /passwd/);
  });
});

test.run();
