import { spawn, spawnSync } from "node:child_process";
import { existsSync, globSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { onDeno } from "../src/web/runtime.ts";
import { collect, sampleOf } from "./exporter.ts";
import { ask } from "./http.ts";
import { until, withFolder } from "./stand_in.ts";
import { testWhere } from "./tools.ts";

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

test("every link of a page leads to a file that is there", () => {
  for (const page of PAGES) {
    for (const [, target = ""] of textOf(page).matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^[a-z]+:|^#/.test(target)) continue;
      assert.ok(existsSync(join(ROOT, dirname(page), target.replace(/#.*$/, ""))), `${page} links to ${target}`);
    }
  }
});

/** Runs a line in the project's folder to its end; gives what it prints. */
function printed(line: string): string {
  const { status, stdout, stderr } = spawnSync("/bin/sh", ["-c", line], { cwd: ROOT, encoding: "utf8" });
  assert.is(status, 0, `${line}: ${stderr}`);
  return stdout;
}

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

// They run the project's own Node, whatever the tests run on; and two at once would build at once what isn't up to date.
testWhere(!onDeno())("every command of README.md does what it says", async () => {
  for (const command of commandsOf("README.md")) {
    if (command === "make run") await makeRun();
    else if (command === "make test") assert.match(printed("make --dry-run test"), /^\S+ test\/run\.ts$/m);
    else if (command === "make install") {
      await withFolder(async (folder) => {
        printed(`make install DESTDIR='${folder}'`);
        assert.ok(existsSync(join(folder, "usr/local/bin/memory_exporter")));
      });
    } else if (command.includes(" try ")) {
      await withFolder(async (folder) => {
        const file = join(folder, "commands.yml");
        writeFileSync(file, /^```yaml\n(commands:\n.*?)^```$/ms.exec(textOf("README.md"))?.[1] ?? "");
        const text = printed(command.replace("commands.yml", `'${file}'`));
        assert.match(text, /^metrics \| # TYPE memory_tmpfs_used_bytes gauge$/m);
      });
    } else assert.match(printed(command), /^memory_total_bytes +\d+ /m, command);
  }
});

test.run();
