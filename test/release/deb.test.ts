import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, globSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { withFolder } from "../stand_in.ts";
import { needs } from "../tools.ts";
import { hasSystems, treeOf } from "./systems.ts";

/** The Debian package of `make release`, on a system that systemd has booted. */

const RELEASE = join(import.meta.dirname, "../../dist/release");
const [PACKAGE = ""] = globSync(join(RELEASE, "*_amd64.deb"));

const linted = needs("lintian", "--version") ? test : test.skip;

for (const architecture of ["amd64", "arm64"]) {
  linted(`lintian has nothing to say of the package for ${architecture} but what is overridden`, () => {
    const [file = ""] = globSync(join(RELEASE, `*_${architecture}.deb`));
    const { status, stdout } = spawnSync("lintian", ["--fail-on=error,warning", file], { encoding: "utf8" });
    assert.is(status, 0, stdout);
  });
}

/** What happens on the system: each line has to succeed. /steps is shared with the test. */
const STEPS = `
set -eux
cd /steps
up() {
  exec 3<>/dev/tcp/127.0.0.1/9101
  printf 'GET /metrics HTTP/1.0\\r\\n\\r\\n' >&3
  grep '^memory_up 1$' <&3
  exec 3>&-
}
number() { systemctl show --value --property=MainPID memory_exporter; }

: Installed, it is started, and will be at the next boot.
dpkg -i one.deb
systemctl is-active memory_exporter
systemctl is-enabled memory_exporter
up
old=$(number)
[ "$(cat "/proc/$old/comm")" = memory_exporter ]

: Upgraded while it runs, the new one runs.
echo MEMORY_EXPORTER_LOG_LEVEL=debug >> /etc/default/memory_exporter
dpkg -i --force-confold two.deb
up
[ "$(number)" != "$old" ]
grep LOG_LEVEL=debug /etc/default/memory_exporter

: An upgrade starts nothing that was stopped.
systemctl stop memory_exporter
dpkg -i --force-confold one.deb
! systemctl is-active memory_exporter
systemctl start memory_exporter
up

: Removed, it has ended, and its configuration is kept.
dpkg -r memory-exporter
! systemctl is-active memory_exporter
[ ! -e /usr/bin/memory_exporter ]
[ -e /etc/default/memory_exporter ]

: Purged, nothing is left.
dpkg -P memory-exporter
[ -z "$(find / -xdev -iname '*memory*exporter*')" ]
! getent passwd memory_exporter
touch passed
`;

/** Runs the steps when the system is up, and turns it off. */
const UNIT = `
[Unit]
After=multi-user.target
[Service]
Type=oneshot
ExecStart=/bin/sh -c 'bash /steps/steps.sh >/steps/log 2>&1; systemctl poweroff --no-block'
`;

/** A system of its own: control groups of version 2, a network with loopback alone, and changes that are kept in memory. */
function boot(tree: string, shared: string): string {
  const words = [
    "--quiet",
    "--boot",
    "--register=no",
    "--keep-unit",
    "--private-network",
    "--volatile=overlay",
    "--console=pipe",
  ];
  const places = [`--directory=${tree}`, `--machine=test-${process.pid}`, `--bind=${shared}:/steps`];
  const unit = `--bind-ro=${shared}/steps.service:/etc/systemd/system/steps.service`;
  const script = 'mount -t cgroup2 none /sys/fs/cgroup && exec "$@"';
  const nspawn = ["systemd-nspawn", ...words, ...places, unit, "systemd.unit=steps.service"];
  const ended = spawnSync("unshare", ["--mount", "sh", "-c", script, "sh", ...nspawn], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
    timeout: LIMIT_MS,
    killSignal: "SIGKILL",
  });
  return `${ended.stdout}${ended.stderr}`;
}

/** Only what hangs takes so long. */
const LIMIT_MS = 600_000;

const booted = hasSystems && needs("systemd-nspawn", "--version") ? test : test.skip;

booted("the package is installed, upgraded while it runs, removed and purged, and nothing of it is left", () =>
  withFolder((folder) => {
    cpSync(PACKAGE, join(folder, "one.deb"));
    const two = join(folder, "two");
    execFileSync("dpkg-deb", ["--raw-extract", PACKAGE, two]);
    const control = join(two, "DEBIAN/control");
    writeFileSync(control, readFileSync(control, "utf8").replace(/^(Version: .*)$/m, "$1+later"));
    execFileSync("dpkg-deb", ["--root-owner-group", "-Znone", "--build", two, join(folder, "two.deb")], {
      stdio: "pipe",
    });
    execFileSync("rm", ["-r", two]);
    writeFileSync(join(folder, "steps.sh"), STEPS);
    writeFileSync(join(folder, "steps.service"), UNIT);
    const said = boot(treeOf("bookworm", "systemd-sysv", "dbus"), folder);
    const [log = ""] = globSync(join(folder, "log")).map((file) => readFileSync(file, "utf8"));
    assert.equal(globSync("passed", { cwd: folder }), ["passed"], `${said}${log}`);
  }),
);

test.run();
