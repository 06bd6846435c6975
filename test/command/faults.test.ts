import { chmodSync, closeSync, copyFileSync, openSync, symlinkSync, writeFileSync } from "node:fs";
import { constants } from "node:os";
import { join } from "node:path";

import { test } from "uvu";
import * as assert from "uvu/assert";
import { startChild } from "../../src/command/child.ts";
import { openDescriptors } from "../../src/command/children.ts";
import { execute } from "../execute.ts";
import { form, runtimeOf } from "../forms.ts";
import { until, withFolder } from "../stand_in.ts";
import { needs, testWhere } from "../tools.ts";
import { ENVIRONMENT, withShell } from "./shells.ts";
import { WAYS, type Way } from "./ways.ts";

/** What keeps a child from being started is told alike, however it is started. */

const STARTER = join(import.meta.dirname, "starter.ts");
/** Nobody has this number: root's processes are not limited. */
const [NOBODY, AS_NOBODY] = process.getuid?.() === 0 ? [["61234"], ["setpriv", "--reuid=61234"]] : [[], []];

type Ask = (...argv: readonly string[]) => Promise<string>;

/** A process of its own that starts children: `ask` gets what comes of one. */
async function withStarter(
  { name }: Way,
  use: (ask: Ask, pid: number) => Promise<void>,
  before: readonly string[] = [],
  ...args: readonly string[]
): Promise<void> {
  const [program, ...words] = [...before, ...runtimeOf(form, "test/command/starter.ts"), STARTER, name, ...args];
  await withShell([program ?? "", ...words], async ({ pid, said, write }) => {
    let answers = 0;
    const ask: Ask = async (...argv) => {
      write(`${JSON.stringify(argv)}\n`);
      answers += 1;
      await until("an answer", () => said().split("\n").length > answers);
      return said().split("\n")[answers - 1] ?? "";
    };
    await use(ask, pid);
  });
}

/** Sets a limit of a process, as its own user. */
async function limit(pid: number, resource: string, as: readonly string[] = []): Promise<void> {
  const [program = "", ...words] = [...as, "prlimit", `--pid=${pid}`, `--${resource}`];
  const { status, stderr } = await execute(program, words);
  assert.is(status, 0, stderr);
}

async function told(way: Way, argv: readonly [string, ...string[]]): Promise<string> {
  const child = startChild(way.startProcess, { argv, environment: ENVIRONMENT, directory: "/", limitBytes: 1000 });
  if (typeof child === "string") return child;
  const exit = await child.exited;
  if (exit.how === "failed") return exit.reason;
  await child.closed;
  return `${exit.how === "code" ? exit.code : exit.signal}: ${new TextDecoder().decode(child.stdout())}`;
}

const limited = needs("prlimit", "--version") && !form.endsWith("deno") ? test : testWhere(false);

for (const way of WAYS) {
  test(`${way.name}: the error is named, and no descriptor is lost`, () =>
    withFolder(async (folder) => {
      const file = (name: string, text: string, mode: number) => {
        const path = join(folder, name);
        writeFileSync(path, text);
        chmodSync(path, mode);
        return path;
      };
      const busy = join(folder, "busy");
      copyFileSync("/bin/true", busy);
      const writing = openSync(busy, "r+");
      symlinkSync("loop", join(folder, "loop"));
      const faults: readonly (readonly [string, readonly [string, ...string[]]])[] = [
        ["no such file or directory", ["/no/such/program"]],
        [
          "the interpreter that its first line names (#!) doesn't exist",
          [file("interpreter", "#!/no/such/shell\n", 0o755)],
        ],
        ["permission denied, wanted an executable file (chmod +x)", [file("mode", "#!/bin/sh\n", 0o644)]],
        ["it is a directory, wanted a program", [folder]],
        ["permission denied", [file("directory", "#!/usr\n", 0o755)]],
        ["a part of the path is not a directory", ["/dev/null/x"]],
        ["too many symbolic links", [join(folder, "loop")]],
        ["the name is too long", [`/${"x".repeat(300)}`]],
        ["the command line and its environment are too long", ["/bin/true", "x".repeat(200_000)]],
        ["the program is being written to", [busy]],
      ];
      await told(way, ["/bin/true"]);
      const before = openDescriptors();
      for (const [reason, argv] of faults) assert.is(await told(way, argv), `${argv[0]}: ${reason}`);
      closeSync(writing);
      await until("the descriptors of before", () => openDescriptors() <= before);
    }));

  test(`${way.name}: what is no program is run by the shell`, () =>
    withFolder(async (folder) => {
      const plain = join(folder, "plain");
      writeFileSync(plain, 'echo "$@"; exit 3\n', { mode: 0o755 });
      assert.is(await told(way, [plain, "a b", "c"]), "3: a b c\n");
    }));

  limited(`${way.name}: without descriptors or processes it is told as that, and works again with them`, async () => {
    await withStarter(way, async (ask, pid) => {
      assert.is(await ask("/bin/echo", "a"), "0 a");
      await limit(pid, "nofile=10:");
      assert.is(await ask("/bin/echo", "a"), "/bin/echo: too many open files, wanted a higher limit (ulimit -n)");
      await limit(pid, "nofile=1000:");
      assert.is(await ask("/bin/echo", "a"), "0 a");
    });
    await withStarter(
      way,
      async (ask, pid) => {
        assert.is(await ask("/bin/echo", "a"), "0 a");
        await limit(pid, "nproc=1:", AS_NOBODY);
        assert.is(await ask("/bin/echo", "a"), "/bin/echo: a limit of processes or memory is reached");
        await limit(pid, "nproc=1000:", AS_NOBODY);
        assert.is(await ask("/bin/echo", "a"), "0 a");
      },
      [],
      ...NOBODY,
    );
  });

  test(`${way.name}: where SIGCHLD was ignored at the start, the end of a child is heard all the same`, () =>
    withStarter(
      way,
      async (ask) => {
        for (let i = 0; i < 20; i += 1) assert.is(await ask("/bin/sh", "-c", "echo a; exit 7"), "7 a");
        const [, mask = ""] =
          /^0 SigIgn:\s([0-9a-f]+)$/.exec(await ask("/bin/grep", "SigIgn", "/proc/self/status")) ?? [];
        // Others may be ignored, as by nohup.
        assert.is((BigInt(`0x${mask}`) >> BigInt(constants.signals.SIGCHLD - 1)) & 1n, 0n);
      },
      ["/usr/bin/perl", "-e", '$SIG{CHLD} = "IGNORE"; exec @ARGV'],
    ));

  test(`${way.name}: a program that is replaced again and again while it is started is one or the other`, () =>
    withFolder(async (folder) => {
      const program = join(folder, "program");
      const replace = `cd '${folder}'; while :; do for one in true pwd; do cp /bin/$one new; mv new program; done; echo; done`;
      await withShell(replace, async ({ said }) => {
        await until("the program", () => said() !== "");
        const seen = new Set<string>();
        for (let i = 0; i < 100 || said().length < 20; i += 1) seen.add(await told(way, [program]));
        for (const one of seen) assert.match(one, /^0: (\/\n)?$/);
      });
    }));
}

test.run();
