import { execFileSync, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { productOf } from "./forms.ts";
import { needs } from "./tools.ts";

const ROOT = join(import.meta.dirname, "..");
const UNITS = [
  "memory_exporter.service",
  "memory_exporter-push.service",
  "memory_exporter-textfile.service",
  "memory_exporter-textfile.timer",
];

/** Runs make in the project with DESTDIR set to a directory that is gone afterwards. */
function withDestination(use: (destination: string, make: (...words: string[]) => string) => void): void {
  const destination = mkdtempSync(join(tmpdir(), "memory_exporter-install-"));
  const make = (...words: string[]) => {
    const ended = spawnSync("make", ["--no-print-directory", ...words, `DESTDIR=${destination}`], {
      cwd: ROOT,
      encoding: "utf8",
    });
    assert.is(ended.status, 0, ended.stderr);
    return ended.stdout;
  };
  try {
    use(destination, make);
  } finally {
    rmSync(destination, { recursive: true });
  }
}

/** The rest of what goes with the binary. */
const SHARED = [
  "man/man1/memory_exporter.1",
  "bash-completion/completions/memory_exporter",
  "zsh/site-functions/_memory_exporter",
  "fish/vendor_completions.d/memory_exporter.fish",
];

test("make install puts the executable and what goes with it under PREFIX, again while it runs, and make uninstall takes it away", () => {
  withDestination((destination, make) => {
    const places = ["PREFIX=/opt/me", "UNITDIR=/etc/systemd/system"];
    make("install", ...places);
    const binary = join(destination, "opt/me/bin/memory_exporter");
    const units = UNITS.map((name) => join(destination, "etc/systemd/system", name));
    const printed = [...units, ...SHARED.map((name) => join(destination, "opt/me/share", name))];
    const running = spawn(binary, ["--web.listen-address=127.0.0.1:0"], { stdio: "ignore" });
    try {
      make("install", ...places);
      assert.is(running.exitCode, null);
    } finally {
      running.kill("SIGKILL");
    }
    assert.equal(
      readdirSync(destination, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name))
        .sort(),
      [binary, ...printed].sort(),
    );
    assert.is(statSync(binary).mode & 0o7777, 0o755);
    assert.match(spawnSync(binary, ["--version"], { encoding: "utf8" }).stdout, /^memory_exporter, version /);
    for (const file of printed) {
      assert.is(statSync(file).mode & 0o7777, 0o644);
      assert.match(readFileSync(file, "utf8"), /memory_exporter/, file);
    }
    assert.match(readFileSync(units[0] ?? "", "utf8"), /^ExecStart=\/opt\/me\/bin\/memory_exporter$/m);
    for (let times = 0; times < 2; times += 1) make("uninstall", ...places);
    for (const file of [binary, ...printed]) assert.not(existsSync(file), file);
  });
});

const systemd = needs("systemd-analyze", "--version") ? test : test.skip;

systemd("the units are what systemd understands, and leave little exposed", () => {
  withDestination((destination, make) => {
    make("install", "PREFIX=/usr");
    const socket = join(destination, "usr/lib/systemd/system/memory_exporter.socket");
    const [node, ...program] = productOf("source-node");
    writeFileSync(socket, execFileSync(node, [...program, "print", "systemd-socket"]));
    for (const name of [...UNITS, "memory_exporter.socket"]) {
      const unit = join(destination, "usr/lib/systemd/system", name);
      // What it says of the binary is right as long as it isn't installed; of the lines of the unit it must say nothing.
      const verified = spawnSync("systemd-analyze", ["verify", unit], { encoding: "utf8" });
      assert.not.match(verified.stderr, new RegExp(`${name.replaceAll(".", "\\.")}:\\d+:`));
      if (!name.endsWith(".service")) continue;
      const security = ["security", "--offline=true", "--threshold=25", unit];
      const exposed = spawnSync("systemd-analyze", security, { encoding: "utf8" });
      assert.is(exposed.status, 0, exposed.stdout.split("\n").at(-2));
    }
  });
});

test("make help names every target that has a purpose", () => {
  withDestination((_, make) => {
    const help = make("help");
    for (const target of [
      "run",
      "build",
      "test",
      "test-deno",
      "check",
      "install",
      "uninstall",
      "clean",
      "bench",
      "docs",
    ]) {
      assert.match(help, new RegExp(`^${target} +[A-Z]`, "m"));
    }
  });
});

test("make version says the version, which the changes begin with", () => {
  withDestination((_, make) => {
    const version = make("version").trim();
    assert.match(version, /^\d+\.\d+\.\d+(?:-\w+)?$/);
    const [heading = ""] = readFileSync(join(ROOT, "CHANGELOG.md"), "utf8").split("\n");
    assert.match(heading, /^## \S+ \/ (?:unreleased|\d{4}-\d\d-\d\d)$/);
    assert.is(heading.split(" ")[1], version);
    assert.is(JSON.parse(readFileSync(join(ROOT, "package-lock.json"), "utf8")).version, version);
  });
});

test.run();
