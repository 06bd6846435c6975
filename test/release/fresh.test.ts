import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { sampleOf } from "../exporter.ts";
import { scrape } from "../http.ts";
import { hasSystems, type Start, treeOf, withSystem } from "./systems.ts";

/** The executable, copied to servers of three releases of Debian that have nothing but their essential packages. */

const BINARY = join(import.meta.dirname, "../../dist/memory_exporter");
const installed = hasSystems ? test : test.skip;

const COPY = `cp '${BINARY}' usr/local/bin/memory_exporter`;
const PROC = "mount -t proc proc proc";
const WITHOUT_PROCPS = "chroot . dpkg --purge --force-depends procps >&2";
const IN_PATH = ["memory_exporter"] as const;

type Case = Omit<Start, "tree"> & { readonly up: number };

const CASES: Readonly<Record<string, Case>> = {
  "with free, by its name": { prepare: `${COPY}; ${PROC}`, product: IN_PATH, up: 1 },
  "without free, by its path": {
    prepare: `${COPY}; ${WITHOUT_PROCPS}; ${PROC}`,
    product: ["/usr/local/bin/memory_exporter"],
    up: 1,
  },
  "as a user without a home and a name, by a relative path": {
    prepare: `${COPY}; ${PROC}`,
    chroot: ["--userspec=12345:12345"],
    product: ["/usr/bin/env", "--unset=HOME", "--chdir=/usr/local", "bin/memory_exporter"],
    up: 1,
  },
  "on a read-only root with /tmp of which nothing is executed, by a symbolic link": {
    prepare: `${COPY}; ${PROC}; mount -t tmpfs -o noexec,nosuid none tmp; ln -s ../local/bin/memory_exporter usr/bin/linked; mount -o remount,ro "$root"`,
    product: ["/usr/bin/linked"],
    up: 1,
  },
  "without /proc": { prepare: COPY, product: IN_PATH, up: 0 },
};

for (const suite of ["bullseye", "bookworm", "trixie"]) {
  for (const [name, { up, ...start }] of Object.entries(CASES)) {
    installed(`${suite}: it starts ${name}, as PID 1, and ends when it is asked to`, () =>
      withSystem({ ...start, tree: treeOf(suite, "procps") }, async ({ url }) => {
        const page = await scrape(url);
        assert.is(sampleOf(page, "memory_up"), up);
        assert.is((sampleOf(page, "memory_total_bytes") ?? 0) > 0, up === 1);
        assert.is(sampleOf(page, "memory_exporter_running_as_pid1"), 1);
      }),
    );
  }
}

test.run();
