import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { commandEnvironment, findProgram } from "../../src/command/environment.ts";
import { standIn, withFolder } from "../stand_in.ts";

test("commandEnvironment() passes on what a command needs, and nothing else", () => {
  const passed = { PATH: "/opt/bin", HOME: "/root", USER: "root", LOGNAME: "admin", TZ: "UTC", TMPDIR: "/var/tmp" };
  const held = {
    NODE_OPTIONS: "--inspect",
    LD_PRELOAD: "/x.so",
    LISTEN_FDS: "1",
    NOTIFY_SOCKET: "/run/systemd/notify",
    LANG: "de_DE.UTF-8",
    LC_ALL: "de_DE.UTF-8",
    MEMORY_EXPORTER_COMMAND: "free",
  };
  assert.equal(commandEnvironment({ ...passed, ...held }), { ...passed, LC_ALL: "C" });
});

test("commandEnvironment() leaves out what isn't set or empty, but for a PATH with the directories of system tools", () => {
  const environment = commandEnvironment({ HOME: "", USER: undefined });
  assert.equal(Object.keys(environment).sort(), ["LC_ALL", "PATH"]);
  assert.ok(environment.PATH?.split(":").includes("/usr/sbin"));
  assert.equal(commandEnvironment({ PATH: "" }), environment);
});

test("commandEnvironment() lets what is added win", () => {
  const added = { PATH: "/mine", LC_ALL: "en_GB.UTF-8", CUDA_VISIBLE_DEVICES: "0", EMPTY: "" };
  assert.equal(commandEnvironment({ PATH: "/bin", HOME: "/" }, added), { ...added, HOME: "/" });
});

test("findProgram() takes the first that can be executed", () =>
  withFolder((folder) => {
    const [first, second, third] = ["first", "second", "third"].map((name) => join(folder, name));
    assert.ok(first && second && third);
    for (const directory of [first, second, third]) mkdirSync(directory);
    writeFileSync(join(first, "free"), "#!/bin/sh\n", { mode: 0o644 });
    mkdirSync(join(second, "free"));
    standIn(third, "free", ":");
    const path = `/nonexistent:${first}:${second}:${third}:/usr/bin`;
    assert.is(findProgram("free", path), join(third, "free"));
    standIn(second, "vmstat", ":");
    standIn(third, "vmstat", ":");
    assert.is(findProgram("vmstat", path), join(second, "vmstat"));
  }));

test("findProgram() takes a name with a slash as it is, and looks for others in the usual directories", () => {
  assert.is(findProgram("/no/such/program", "/bin"), "/no/such/program");
  assert.is(findProgram("./free", "/bin"), "./free");
  assert.match(findProgram("sh") ?? "", /^\/(usr\/)?bin\/sh$/);
});

test("findProgram() looks in the directories of system tools besides PATH", () => {
  const name = ["ldconfig", "ip", "swapon", "sysctl"].find(
    (one) => existsSync(`/usr/sbin/${one}`) || existsSync(`/sbin/${one}`),
  );
  if (name) assert.match(findProgram(name, "/nonexistent") ?? "", /\/sbin\//);
  assert.is(findProgram("sh", "/nonexistent:/bin"), "/bin/sh");
});

test("findProgram() finds nothing where there is nothing", () => {
  assert.is(findProgram("sh", "/proc/self/fdinfo:/nonexistent"), undefined);
  assert.is(findProgram("no-such-program-anywhere"), undefined);
});

test("findProgram() takes an empty part of PATH for the current directory, as execvp(3) does", () =>
  withFolder((folder) => {
    standIn(folder, "only-here", ":");
    const before = process.cwd();
    process.chdir(folder);
    try {
      assert.is(findProgram("only-here", "/nonexistent:"), "only-here");
    } finally {
      process.chdir(before);
    }
  }));

test.run();
