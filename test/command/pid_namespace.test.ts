import { test } from "uvu";
import * as assert from "uvu/assert";
import { pidNamespaces } from "../../src/command/pid_namespace.ts";
import { until } from "../stand_in.ts";
import { needs } from "../tools.ts";
import { marked } from "../torture/watch.ts";
import { STAY, withShell } from "./shells.ts";

const available = needs("unshare", "--pid", "--fork", "--kill-child", "true");
const contained = available ? test : test.skip;

/** What starts a shell line in a namespace of its own. */
function wrapped(line: string, ...words: readonly string[]): readonly [string, ...string[]] {
  const namespaces = pidNamespaces();
  if (typeof namespaces === "string") throw new Error(namespaces);
  const argv = namespaces.wrap(["/bin/sh", "-c", line, ...words], "marker");
  if (typeof argv === "string") throw new Error(argv);
  return argv;
}

test("pidNamespaces() says in one line why it isn't available", () => {
  const namespaces = pidNamespaces();
  if (typeof namespaces === "string") assert.match(namespaces, /^\S[^\n]*$/);
  else assert.is(namespaces.killFile("marker"), undefined);
});

contained("a command keeps its output, its status and its words", () =>
  withShell(wrapped('echo "$0" "$1"; exit 7', "a b", "$HOME"), async ({ said, ended }) => {
    assert.equal(await ended, { code: 7, signal: null });
    await until("what it said", () => said() === "a b $HOME\n");
  }),
);

contained("a command has a namespace of its own, and isn't its first process", () =>
  withShell(wrapped("echo $$"), async ({ said, ended }) => {
    await ended;
    await until("its number", () => said() !== "");
    assert.ok(Number(said()) > 1 && Number(said()) < 10, said());
  }),
);

contained("a signal of its own ends a command", () =>
  withShell(wrapped("kill -KILL $$; echo lived"), async ({ said, ended }) => {
    assert.equal(await ended, { code: 137, signal: null });
    assert.is(said(), "");
  }),
);

const DAEMON = 'env -i setsid sh -c "sleep 600; :" "$0" </dev/null >/dev/null 2>&1 &';

contained("with the command ends what left its group, its session and its environment", async () => {
  const mark = `namespace-${crypto.randomUUID()}`;
  await withShell(wrapped(`${DAEMON} read -r line`, mark), async ({ write, ended }) => {
    await until("the daemon", () => marked(`sleep 600; :\0${mark}`, []).length === 1);
    write("\n");
    await ended;
    await until("the end of all", () => marked(mark, []).length === 0);
  });
});

contained("with the group ends what left it", async () => {
  const mark = `namespace-${crypto.randomUUID()}`;
  await withShell(wrapped(`${DAEMON} ${STAY}`, mark), async ({ pid, ended }) => {
    await until("the daemon", () => marked(`sleep 600; :\0${mark}`, []).length === 1);
    process.kill(-pid, "SIGKILL");
    await ended;
    await until("the end of all", () => marked(mark, []).length === 0);
  });
});

test.run();
