import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { productOf } from "../forms.ts";
import { withFolder } from "../stand_in.ts";
import { needs, runTool } from "../tools.ts";

/** The role of examples/fleet, run on this machine into a folder. */

const ANSIBLE = join(import.meta.dirname, "../../examples/fleet/ansible");
const [BINARY] = productOf("executable");

/** Runs the role and gives how many tasks changed something. */
function play(folder: string, environment: Readonly<Record<string, string>>): number {
  const variables = {
    ansible_connection: "local",
    ansible_become: false,
    ansible_service_mgr: "none",
    memory_exporter_binary: BINARY,
    memory_exporter_bindir: folder,
    memory_exporter_unitdir: folder,
    memory_exporter_defaults: join(folder, "default"),
    memory_exporter_environment: environment,
  };
  writeFileSync(join(folder, "inventory"), "[memory]\nserver\n");
  const words = ["-i", join(folder, "inventory"), "-e", JSON.stringify(variables), join(ANSIBLE, "site.yml")];
  const { status, stdout, stderr } = runTool("ansible-playbook", words, "");
  assert.is(status, 0, stdout + stderr);
  return Number(/ changed=(\d+) /.exec(stdout)?.[1]);
}

(needs("ansible-playbook", "--version") ? test : test.skip)("the role installs, and changes what has changed", () =>
  withFolder((folder) => {
    assert.is(play(folder, {}), 3);
    const { status, stdout } = runTool(join(folder, "memory_exporter"), ["--version"], "");
    assert.is(status, 0);
    assert.match(stdout, /^memory_exporter, version /);
    assert.is(
      readFileSync(join(folder, "memory_exporter.service"), "utf8"),
      runTool(BINARY, ["print", "systemd-unit"], "").stdout,
    );
    assert.is(play(folder, {}), 0);
    assert.is(play(folder, { MEMORY_EXPORTER_WEB_LISTEN_ADDRESS: "127.0.0.1:9102" }), 1);
    assert.is(readFileSync(join(folder, "default"), "utf8"), 'MEMORY_EXPORTER_WEB_LISTEN_ADDRESS="127.0.0.1:9102"\n');
  }),
);

test.run();
