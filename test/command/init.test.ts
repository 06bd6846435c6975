import { test } from "uvu";
import * as assert from "uvu/assert";
import { INIT_SHELL, initArguments, ownProgram } from "../../src/command/init.ts";
import { productOf } from "../forms.ts";
import { until } from "../stand_in.ts";
import { needs } from "../tools.ts";
import { lives, type Shell, STAY, withShell } from "./shells.ts";

/** The init as a process like others; test/torture/pid1.test.ts has it as PID 1, where orphans come to it. */
function initOf([shell = "", ...words]: readonly string[]) {
  return (program: string | readonly string[], use: (shell: Shell) => Promise<void>): Promise<void> => {
    const [, ...args] = initArguments(typeof program === "string" ? ["/bin/sh", "-c", program] : program);
    return withShell([shell, ...words, ...args], use);
  };
}

/** What may be /bin/sh somewhere. */
const SHELLS = [
  [INIT_SHELL],
  ...(needs("bash", "--version") ? [["bash"]] : []),
  ...(needs("busybox", "sh", "-c", ":") ? [["busybox", "sh"]] : []),
];

test("initArguments() begins with the name of the shell, as execve(2) wants it, and ends with the program", () => {
  const [name, ...args] = initArguments(["/x/program", "--flag=a b"]);
  assert.is(name, INIT_SHELL);
  assert.equal(args.slice(-2), ["/x/program", "--flag=a b"]);
});

test("ownProgram() is the executable by its path, whatever it was called, or the runtime with the script", () => {
  for (const name of ["./memory_exporter", "memory_exporter", "/bin/linked", "/opt/memory_exporter"]) {
    const start = { argv: ["/opt/memory_exporter", name, "once", "--x"], execArgv: ["--max-semi-space-size=1"] };
    const executable = { ...start, execPath: "/opt/memory_exporter", isExecutable: true };
    assert.equal(ownProgram(executable), ["/opt/memory_exporter", "once", "--x"]);
    const script = { ...start, execPath: "/usr/bin/node", isExecutable: false };
    assert.equal(ownProgram(script), ["/usr/bin/node", "--max-semi-space-size=1", name, "once", "--x"]);
  }
});

/** A shell could not hear SIGINT and SIGQUIT here: an asynchronous command begins with them ignored, which Node undoes. */
const HEARS = `
  for (const signal of ["SIGHUP", "SIGINT", "SIGQUIT", "SIGTERM"]) process.on(signal, () => console.log(signal));
  setInterval(() => {}, 1000);
  console.log("ready");
`;

for (const shell of SHELLS) {
  const withInit = initOf(shell);

  test(`${shell.join(" ")}: the init ends as its program does`, async () => {
    await withInit("exit 7", async ({ ended }) => assert.equal(await ended, { code: 7, signal: null }));
    await withInit(":", async ({ ended }) => assert.equal(await ended, { code: 0, signal: null }));
    await withInit("kill -KILL $$", async ({ ended }) => assert.equal(await ended, { code: 137, signal: null }));
  });

  test(`${shell.join(" ")}: the init hands on words as they are, and stdin`, () => {
    const line = 'for word; do echo "<$word>"; done; read -r line; echo "$line"';
    return withInit(["/bin/sh", "-c", line, "sh", "a b", "$HOME", "*", ""], async ({ said, write, ended }) => {
      write("from stdin\n");
      assert.equal(await ended, { code: 0, signal: null });
      await until("all of it", () => said() === "<a b>\n<$HOME>\n<*>\n<>\nfrom stdin\n");
    });
  });

  test(`${shell.join(" ")}: the init hands on what asks to end or reload, as often as it comes, and waits for the end that its program makes`, () => {
    const [node] = productOf("source-node");
    return withInit([node, "-e", HEARS], async ({ pid, said, ended }) => {
      let heard = "ready\n";
      await until("it to be ready", () => said() === heard);
      for (const signal of ["SIGTERM", "SIGHUP", "SIGINT", "SIGQUIT", "SIGTERM"] as const) {
        process.kill(pid, signal);
        heard += `${signal}\n`;
        await until(`${signal} to be heard`, () => said() === heard);
      }
      assert.ok(lives(pid));
      process.kill(-pid, "SIGKILL");
      assert.equal(await ended, { code: null, signal: "SIGKILL" });
    });
  });

  test(`${shell.join(" ")}: the init reads nothing of stdin itself, and its program doesn't get the descriptor that it was kept on`, () =>
    withInit(`test -e /proc/$$/fd/3 && echo has 3; readlink /proc/$PPID/fd/0; ${STAY}`, async ({ said }) => {
      await until("both", () => said().endsWith("null\n"));
      assert.is(said(), "/dev/null\n");
    }));

  test(`${shell.join(" ")}: the init ends with the status that its program chose at a signal`, async () => {
    const [node] = productOf("source-node");
    const chooses = 'process.on("SIGTERM", () => process.exit(5)); setInterval(() => {}, 1000); console.log("ready")';
    for (let i = 0; i < 5; i += 1) {
      await withInit([node, "-e", chooses], async ({ pid, said, ended }) => {
        await until("it to be ready", () => said() === "ready\n");
        process.kill(pid, "SIGTERM");
        assert.equal(await ended, { code: 5, signal: null });
      });
    }
  });
}

test.run();
