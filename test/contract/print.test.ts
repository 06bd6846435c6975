import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Host } from "../../src/cli/host.ts";
import { print } from "../../src/cli/print.ts";
import { PRINTED } from "../../src/cli/print_kinds.ts";
import { program } from "../../src/cli/subcommands.ts";
import { run } from "../exporter.ts";
import { affordable, form } from "../forms.ts";
import { withFolder } from "../stand_in.ts";

const ROOT = join(import.meta.dirname, "../..");
const LINES = Object.entries(PRINTED).flatMap(([kind, choice]) =>
  "followers" in choice
    ? [...choice.followers.map((which) => [kind, which]), ...(kind === "completion" ? [] : [[kind]])]
    : [[kind]],
);

/** What the sources print, in this process. */
async function printedHere(words: readonly string[]): Promise<string> {
  let text = "";
  const writeOut = async (more: string) => {
    text += more;
  };
  const host = { environment: process.env, platform: process.platform, writeOut } as unknown as Host;
  await print({ tokens: [], words: ["print", ...words] }, host, program());
  return text;
}

/** Without the line that tells the version of the build. */
const common = (text: string) => text.replace(/^\.TH .*$/m, "");

test("every form prints the same", async () => {
  for (const words of affordable(LINES, 2)) {
    const { code, stdout, stderr } = await run({ args: ["print", ...words] });
    assert.equal([code, stderr], [0, ""], words.join(" "));
    if (words[0] !== "third-party-notices")
      assert.is(common(stdout), common(await printedHere(words)), words.join(" "));
  }
});

/** The texts of packages, by name and version. */
function sectionsOf(notices: string): Map<string, string> {
  const parts = notices.split(/^(\S+ \d\S+) \(.*\)\n-+\n/m).slice(1);
  return new Map(parts.flatMap((head, index) => (index % 2 === 0 ? [[head, parts[index + 1] ?? ""]] : [])));
}

test("the notices are those of what a form has inside, and of its Node", async () => {
  const { stdout } = await run({ args: ["print", "third-party-notices"] });
  const [own, all] = [sectionsOf(stdout), sectionsOf(await printedHere(["third-party-notices"]))];
  const node = [...own.keys()].filter((head) => head.startsWith("node-linux-"));
  assert.is(node.length, form === "executable" ? 1 : 0);
  for (const head of node) {
    const license = readFileSync(join(ROOT, `node_modules/node-linux-${process.arch}/LICENSE`), "utf8");
    const text = own.get(head) ?? "";
    assert.equal(
      license.split("\n").filter((line) => !text.includes(line.trim())),
      [],
    );
    own.delete(head);
  }
  // A bundle is without what packages of the sources import for nothing.
  for (const [head, text] of own) assert.is(text, all.get(head), head);
  const names = [...own.keys()].map((head) => head.split(" ")[0] ?? "");
  const { dependencies } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
  assert.equal(
    Object.keys(dependencies).filter((name) => !names.includes(name)),
    [],
  );
});

const SECRETS = `commands:
  - {name: free, preset: free, timeout: 2s}
  - {name: line, command: "curl -u me:hunter-1 http://x", parser: {format: prometheus}, env: {TOKEN: hunter-2}, interval: 30s}
  - name: argv
    command: [curl, --token=hunter-3, hunter-4]
    parser: {format: prometheus}
    env: {FROM: {file: FILE}}
  - name: probed
    command: [ping, {parameter: target}, {parameter: count}]
    parser: {format: csv, columns: [a]}
    metrics: [{name: x_bytes, help: h, value: a}]
    parameters: {target: {pattern: "[a-z]+"}, count: {pattern: "[0-9]", max_length: 1, default: "3"}}
max_concurrent: 7
`;

test("the effective configuration has flags, variables, defaults and commands, and no secrets", async () => {
  await withFolder(async (folder) => {
    const [file, secret] = [join(folder, "commands.yml"), join(folder, "secret")];
    writeFileSync(secret, "hunter-5");
    writeFileSync(file, SECRETS.replace("FILE", secret));
    const { code, stdout, stderr } = await run({
      args: ["print", "config", `--config.file=${file}`, "--push.url=http://x/p?key=hunter-6", "--no-web.enable-debug"],
      env: { MEMORY_EXPORTER_WEB_LISTEN_ADDRESS: "127.0.0.1:1, :2", MEMORY_EXPORTER_WEB_MAX_REQUESTS: "7" },
    });
    assert.equal([code, stderr], [0, ""]);
    assert.not.match(stdout, /hunter/);
    for (const said of [
      "  web.listen-address:\n    - 127.0.0.1:1\n    - :2\n",
      '  web.max-requests: "7"\n',
      "  web.telemetry-path: /metrics\n",
      "  web.enable-debug: false\n",
      "  web.route-prefix: null\n",
      "  push.url: http://x/p?<secret>\n",
      "      - free -b -w\n      - free -b\n      - cat /proc/meminfo\n    timeout_seconds: 2\n",
      "      - /bin/sh -c …\n    timeout_seconds: 5\n    interval_seconds: 30\n    max_age_seconds: 90\n",
      "      - TOKEN\n",
      "      - curl --token=… …\n",
      "\nmax_concurrent: 7\ncommands:\n  - name: free\n",
      "  - name: probed\n    attempts:\n      - ping … …\n    timeout_seconds: 5\n",
      "    parser:\n      format: csv\n      columns:\n        - a\n    metrics:\n      - name: x_bytes\n        help: h\n        value: a\n",
      '    parameters:\n      target:\n        pattern: "[a-z]+"\n        max_length: 253\n      count:\n        pattern: "[0-9]"\n        max_length: 1\n        default: "3"\n',
    ])
      assert.ok(stdout.includes(said), `${said} in:\n${stdout}`);
  });
  const line = await run({ args: ["print", "config", "--command=free -b # hunter-7"] });
  assert.match(line.stdout, /^ {2}command: <secret>$/m);
  assert.not.match(line.stdout, /hunter/);
});

const REFUSED: readonly (readonly [readonly string[], string])[] = [
  [[], 'print: found "", wanted one of systemd-unit, '],
  [["mna"], 'print: found "mna" (did you mean "man"?), wanted one of '],
  [["completion"], 'print completion: found "", wanted one of bash, zsh, fish'],
  [["completion", "tcsh"], 'print completion: found "tcsh" (did you mean "bash"?), wanted one of bash, zsh, fish'],
  [["man", "serve"], 'print man: found "serve" after it, wanted nothing'],
  [["systemd-unit", "push", "now"], 'unexpected argument "now"'],
  [["man", "--print.program=/bin/x"], "flag '--print.program' doesn't belong to this command"],
  [["systemd-unit", "--print.program=x y"], '--print.program: found "x y", wanted a path like '],
  [
    ["scrape-config", "--web.listen-address=unix:/run/x"],
    "print scrape-config: found no address that Prometheus can reach",
  ],
];

test("what can't be printed is refused in one line", async () => {
  for (const [words, said] of affordable(REFUSED, 1)) {
    const { code, stdout, stderr } = await run({ args: ["print", ...words] });
    assert.equal([code, stdout], [1, ""], words.join(" "));
    assert.ok(stderr.startsWith(`memory_exporter: error: ${said}`), stderr);
    assert.is(stderr.trimEnd().split("\n").length, 1);
  }
});

test.run();
