import { spawn, spawnSync } from "node:child_process";
import { existsSync, globSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { collect, sampleOf } from "./exporter.ts";
import { ask } from "./http.ts";
import { standIn, until, withFolder } from "./stand_in.ts";
import { needs } from "./tools.ts";

const ROOT = join(import.meta.dirname, "..");
const PAGES = ["README.md", "CHANGELOG.md", ...globSync("docs/*.md", { cwd: ROOT })];

function textOf(page: string): string {
  return readFileSync(join(ROOT, page), "utf8");
}

/** Commands of a page, one a line, as a reader would type them. */
function commandsOf(page: string): string[] {
  const blocks = [...textOf(page).matchAll(/^```sh\n(.*?)^```$/gms)].map(([, block = ""]) => block);
  return blocks.flatMap((block) => block.replaceAll("\\\n", "").split("\n").filter(Boolean));
}

test("the targets of all links exist", () => {
  for (const page of PAGES) {
    for (const [, target = ""] of textOf(page).matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^[a-z]+:|^#/.test(target)) continue;
      assert.ok(existsSync(join(ROOT, dirname(page), target.replace(/#.*$/, ""))), `${page} links to ${target}`);
    }
  }
});

/** Runs a line to its end, in the project's folder or another one; gives what it prints. */
function printed(line: string, cwd = ROOT): string {
  const { status, stdout, stderr } = spawnSync("/bin/sh", ["-c", line], { cwd, encoding: "utf8" });
  assert.is(status, 0, `${line}: ${stderr}`);
  return stdout;
}

/** Runs lines that install, where they change nothing of this machine. `systemctl` is one that starts what the unit starts. */
function installed(lines: readonly string[], folder: string): string {
  standIn(folder, "systemctl", 'exec $(sed -n "s/^ExecStart=//p" "/etc/systemd/system/$3.service") --version');
  const own = ["/usr/local/bin", "/etc/systemd/system"].map((path) => `mount -t tmpfs tmpfs ${path}`);
  const script = ["set -e", ...own, `export PATH="${folder}:/usr/local/bin:$PATH"`, ...lines].join("\n");
  return printed(`unshare --mount sh -c '${script}'`, folder);
}

/** What commands of README.md print, where it isn't the metrics of memory. */
const SAID: Readonly<Record<string, RegExp>> = {
  "dist/memory_exporter try --config.file=commands.yml tmpfs": /^metrics \| # TYPE memory_tmpfs_used_bytes gauge$/m,
  "dist/memory_exporter check --config.file=commands.yml": /^commands\.yml: valid$/m,
};

/** Runs `make run` on a free port until a scrape has succeeded. */
async function makeRun(): Promise<void> {
  const child = spawn("make", ["run", "ARGS=--web.listen-address=127.0.0.1:0"], { cwd: ROOT, detached: true });
  const log = collect(child.stderr);
  child.stdout.resume();
  const ended = new Promise((resolve) => child.once("exit", resolve));
  try {
    const address = () => /"Listening on" address=(\S+)/.exec(log())?.[1];
    await until("it listens", async () => address() !== undefined);
    assert.is(sampleOf((await ask(`http://${address()}/metrics`)).text, "memory_up"), 1);
  } finally {
    process.kill(-(child.pid ?? 0), "SIGTERM");
    await ended;
  }
}

test("all commands of README.md work", () =>
  withFolder(async (folder) => {
    symlinkSync(join(ROOT, "dist"), join(folder, "dist"));
    const [, file = ""] = /^```yaml\n(commands:\n.*?)^```$/ms.exec(textOf("README.md")) ?? [];
    writeFileSync(join(folder, "commands.yml"), file);
    const commands = commandsOf("README.md");
    const at = commands.findIndex((command) => command.startsWith("install "));
    for (const command of commands.toSpliced(at, 3)) {
      if (command === "make run") await makeRun();
      else if (command === "make test") assert.match(printed("make --dry-run test"), /^\S+ test\/run\.ts$/m);
      else if (command.includes(" > ")) {
        const [, name = ""] = command.split(" > ");
        printed(command, folder);
        assert.match(readFileSync(join(folder, name), "utf8"), /memory_available_bytes/, name);
      } else assert.match(printed(command, folder), SAID[command] ?? /^memory_total_bytes +\d+ /m, command);
    }
    if (needs("unshare", "--mount", "true"))
      assert.match(installed(commands.slice(at, at + 3), folder), /^memory_exporter, version /);
  }));

test.run();
