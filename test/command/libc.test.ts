import { chmodSync, closeSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { openDescriptors } from "../../src/command/children.ts";
import type { Waited } from "../../src/command/libc.ts";
import { readText } from "../../src/command/process_table.ts";
import { execute } from "../execute.ts";
import { form } from "../forms.ts";
import { until, withFolder } from "../stand_in.ts";
import { testWhere } from "../tools.ts";
import { ENVIRONMENT, end, lives, STAY } from "./shells.ts";
import { LIBC } from "./ways.ts";

// Reached here and there as a whole: what follows needs it.
const libc = LIBC;
if (libc === undefined) throw new Error("The C library can't be called here");
const { spawn } = libc;
const spawning = testWhere(form === "source-node");

type Printed = { readonly waited: Waited; readonly stdout: string; readonly stderr: string };

/** Runs a program to its end. Its output fits into the pipes. */
async function spawned(argv: readonly [string, ...string[]], environment = {}, directory = "/"): Promise<Printed> {
  const started = spawn?.(argv, { ...ENVIRONMENT, ...environment }, directory);
  if (typeof started !== "object") throw new Error(`${started}`);
  let waited: Waited | undefined;
  await until("its end", () => {
    waited ??= libc?.wait(started.pid);
    return waited !== undefined;
  });
  const [stdout, stderr] = [started.stdout, started.stderr].map((descriptor) => {
    const text = readFileSync(descriptor, "utf8");
    closeSync(descriptor);
    return text;
  });
  if (waited === undefined) throw new Error("not waited for");
  return { waited, stdout: stdout ?? "", stderr: stderr ?? "" };
}

const shell = (line: string, environment = {}) => spawned(["/bin/sh", "-c", line], environment);

test("only Node can spawn: Deno can't read from what it didn't open", () => {
  assert.is(spawn !== undefined, form === "source-node");
});

spawning("spawn() hands on words, variables and directory as they are, whatever characters they have", async () => {
  const line = 'for word; do echo "<$word>"; done; echo "$MARK"; pwd; echo oops >&2; exit 7';
  const words = ["a b", "", "$HOME", "é\u{1f600}", "x".repeat(50_000)] as const;
  const { waited, stdout, stderr } = await spawned(["/bin/sh", "-c", line, "sh", ...words], { MARK: "ä=b\n" }, "/tmp");
  assert.is(stdout, `${words.map((word) => `<${word}>\n`).join("")}ä=b\n\n/tmp\n`);
  assert.is(stderr, "oops\n");
  assert.is(waited.end, 7);
});

spawning("spawn() gives real pipes, nothing on stdin, a session of its own, and no other descriptor", async () => {
  const line =
    'cat; echo again >/dev/stderr; readlink /proc/$$/fd/1; ls /proc/$$/fd; cut -d" " -f5,6 /proc/$$/stat; echo $$';
  const { stdout, stderr } = await shell(line);
  const lines = stdout.trim().split("\n");
  assert.is(stderr, "again\n");
  assert.match(lines[0] ?? "", /^pipe:/);
  // What this process has inherited itself without close-on-exec, its children have as well.
  const inherited = (await execute("/bin/sh", ["-c", "ls /proc/$$/fd"])).stdout.trim().split("\n");
  assert.equal(lines.slice(1, -2), inherited);
  assert.is(lines.at(-2), `${lines.at(-1)} ${lines.at(-1)}`);
});

spawning("spawn() starts with every signal at its default, and none blocked", async () => {
  const { stdout } = await shell("grep -E '^Sig(Blk|Ign)' /proc/self/status");
  assert.equal(stdout.match(/[0-9a-f]{16}/g), ["0".repeat(16), "0".repeat(16)]);
});

spawning("spawn() names the error, and loses no descriptor", () =>
  withFolder(async (folder) => {
    const file = (name: string, text: string, mode: number) => {
      writeFileSync(join(folder, name), text);
      chmodSync(join(folder, name), mode);
      return join(folder, name);
    };
    symlinkSync("loop", join(folder, "loop"));
    const faults: readonly (readonly [string, readonly [string, ...string[]]])[] = [
      ["ENOENT", ["/no/such/program"]],
      ["ENOENT", [file("interpreter", "#!/no/such/shell\n", 0o755)]],
      ["EACCES", [file("mode", "#!/bin/sh\n", 0o644)]],
      ["EACCES", [folder]],
      ["ENOTDIR", ["/dev/null/x"]],
      ["ELOOP", [join(folder, "loop")]],
      ["ENAMETOOLONG", [`/${"x".repeat(300)}`]],
      ["E2BIG", ["/bin/true", "x".repeat(200_000)]],
    ];
    const before = openDescriptors();
    for (const [code, argv] of faults) assert.is(spawn?.(argv, ENVIRONMENT, "/"), code, argv[0]);
    assert.is(spawn?.(["/bin/true"], ENVIRONMENT, "/no/such"), "ENOENT");
    assert.is(openDescriptors(), before);
  }),
);

spawning("spawn() lets the shell run what is no program", () =>
  withFolder(async (folder) => {
    writeFileSync(join(folder, "plain"), 'echo "$0" "$@"\n', { mode: 0o755 });
    const { stdout } = await spawned([join(folder, "plain"), "a b", "c"]);
    assert.is(stdout, `${join(folder, "plain")} a b c\n`);
  }),
);

spawning("pollPipe() tells bytes and writers of a pipe, and groupExists() the end of a group", async () => {
  const started = spawn?.(["/bin/sh", "-c", `echo out; exec >&-; ${STAY}`], ENVIRONMENT, "/");
  if (typeof started !== "object") throw new Error(started);
  const { pid, stdout, stderr } = started;
  await until("its end of stdout", () => !libc.pollPipe(stdout).hasWriter);
  assert.equal(libc.pollPipe(stdout), { hasBytes: true, hasWriter: false });
  assert.is(readFileSync(stdout, "utf8"), "out\n");
  assert.equal(libc.pollPipe(stdout), { hasBytes: false, hasWriter: false });
  assert.equal(libc.pollPipe(stderr), { hasBytes: false, hasWriter: true });
  assert.is(libc.groupExists?.(pid), true);
  end(pid);
  await until("its end", () => libc.wait(pid) !== undefined);
  assert.is(libc.groupExists?.(pid), false);
  for (const descriptor of [stdout, stderr]) closeSync(descriptor);
});

spawning("wait() tells the status or the signal once, and nothing of what lives", async () => {
  assert.is((await shell("exit 255")).waited.end, 255);
  assert.is((await shell("kill -SEGV $$")).waited.end, "SIGSEGV");
  assert.is((await shell("kill -ABRT $$")).waited.end, "SIGABRT");
  assert.match(String((await shell("kill -40 $$")).waited.end), /^SIG40$/);
  const started = spawn?.(["/bin/sh", "-c", STAY], ENVIRONMENT, "/");
  if (typeof started !== "object") throw new Error(started);
  const { pid, stdout, stderr } = started;
  for (const descriptor of [stdout, stderr]) closeSync(descriptor);
  assert.is(libc.wait(pid), undefined);
  assert.is(libc.endedChild(), 0);
  process.kill(pid, "SIGSTOP");
  assert.is(libc.wait(pid), undefined);
  end(pid);
  await until("its end", () => !lives(pid));
  assert.is(libc.endedChild(), pid);
  assert.is(libc.wait(pid)?.end, "SIGKILL");
  assert.is(libc.wait(pid), undefined);
  assert.is(libc.endedChild(), undefined);
});

spawning("wait() tells what a command with its own children has used", async () => {
  const little = (await shell(":")).waited.usage;
  assert.ok(little.cpuSeconds < 0.5);
  // What it had before it executed the shell was this process.
  assert.is(little.maxResidentBytes, 0);
  const busy = await shell("i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done & wait");
  assert.ok(busy.waited.usage.cpuSeconds > little.cpuSeconds);
  const bytes = 400_000_000;
  const large = (await shell(`perl -e '$x = "x" x ${bytes}'; :`)).waited.usage;
  assert.ok(large.maxResidentBytes > bytes, String(large.maxResidentBytes));
});

spawning("withMark() marks what is started meanwhile and all that descends from it, and nothing else", async () => {
  const mark = (1n << 62n) + 12_345n;
  const ownMark = () => /^Max realtime timeout +(\S+) +(\S+)/m.exec(readText("/proc/self/limits") ?? "")?.slice(1);
  const before = ownMark();
  const line = "setsid env -i /bin/sh -c 'cat /proc/self/limits'";
  const { stdout } = await libc.withMark(mark, () => shell(line));
  assert.match(stdout, new RegExp(`^Max realtime timeout +${mark} `, "m"));
  assert.equal(ownMark(), before);
  assert.throws(() =>
    libc.withMark(mark, () => {
      throw new Error("not started");
    }),
  );
  assert.equal(ownMark(), before);
});

test.run();
