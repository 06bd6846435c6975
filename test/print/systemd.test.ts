import { test } from "uvu";
import * as assert from "uvu/assert";
import { environmentName } from "../../src/cli/flags.ts";
import { systemdSocket, systemdUnit } from "../../src/print/systemd.ts";

// That systemd understands them, and how much they leave exposed, is in test/install.test.ts.

const FACTS = { program: "/opt/bin/memory_exporter", variableOf: environmentName };

/** The values of a key, in order. */
const valuesOf = (unit: string, key: string) => [...unit.matchAll(new RegExp(`^${key}=(.*)$`, "gm"))].map(([, v]) => v);

test("each unit runs the program at its path, with its command", () => {
  assert.equal(valuesOf(systemdUnit("serve", FACTS), "ExecStart"), ["/opt/bin/memory_exporter"]);
  assert.equal(valuesOf(systemdUnit("push", FACTS), "ExecStart"), ["/opt/bin/memory_exporter push"]);
  assert.equal(valuesOf(systemdUnit("textfile", FACTS), "ExecStart"), ["/opt/bin/memory_exporter textfile"]);
  assert.equal(valuesOf(systemdUnit("textfile-timer", FACTS), "OnCalendar"), ["minutely"]);
});

test("a unit has its sections in order, and no key twice but those that are lists", () => {
  const unit = systemdUnit("serve", FACTS);
  assert.equal(unit.match(/^\[.*\]$/gm), ["[Unit]", "[Service]", "[Install]"]);
  const keys = unit.match(/^\w+(?==)/gm) ?? [];
  assert.equal([...new Set(keys)], keys);
  assert.match(unit, /WantedBy=multi-user\.target\n$/);
});

test("what a command leaves ends with each service, and no service may gain rights", () => {
  for (const which of ["serve", "push", "textfile"] as const) {
    const unit = systemdUnit(which, FACTS);
    assert.equal(valuesOf(unit, "KillMode"), ["mixed"], which);
    assert.equal(valuesOf(unit, "NoNewPrivileges"), ["yes"], which);
    assert.equal(valuesOf(unit, "MemoryDenyWriteExecute"), [], which);
  }
});

test("a service that stays says when it is ready, and isn't started again after a mistake of its user", () => {
  for (const which of ["serve", "push"] as const) {
    const unit = systemdUnit(which, FACTS);
    assert.equal(valuesOf(unit, "Type"), ["notify"], which);
    assert.equal(valuesOf(unit, "RestartPreventExitStatus"), ["1"], which);
  }
});

test("a socket listens where the flags say, as systemd writes it", () => {
  const addresses = [":9101", "127.0.0.1:9102", "[::1]:9103", "unix:/run/memory_exporter.sock"];
  assert.equal(valuesOf(systemdSocket(addresses, FACTS), "ListenStream"), [
    "9101",
    "127.0.0.1:9102",
    "[::1]:9103",
    "/run/memory_exporter.sock",
  ]);
});

test.run();
