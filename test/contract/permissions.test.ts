import { test } from "uvu";
import * as assert from "uvu/assert";
import { run } from "../exporter.ts";
import { affordable, form, productOf } from "../forms.ts";
import { memoryCase } from "../memory_cases.ts";

/** What the product says under some permissions of Deno, in a pipe, where Deno doesn't ask. */
async function under(permissions: readonly string[], args: readonly string[], stdin: string | Uint8Array = "") {
  const [deno = "", , , ...words] = productOf(form);
  const product = [deno, "run", ...words.slice(0, 1), ...permissions, ...words.slice(1)];
  return run({ product, args, stdin, env: { NO_COLOR: "1" } });
}

const ADVICE =
  "wanted --allow-all (-A) and no --deny-…: processes that a command leaves behind couldn't be found and killed";
const SOME = ["--allow-env", "--allow-read", "--allow-run", "--allow-net", "--allow-sys"];

const REFUSED: readonly (readonly [permissions: readonly string[], lacking: string])[] = [
  [SOME, "/proc"],
  [["-A", "--deny-ffi"], "/proc"],
  [SOME.filter((one) => one !== "--allow-run"), "run, /proc"],
  [["--allow-env"], "run, read, net, sys, /proc"],
];

async function refuses(): Promise<void> {
  for (const [permissions, lacking] of affordable(REFUSED, 4)) {
    for (const args of [["once"], ["--web.listen-address=127.0.0.1:0"]]) {
      const { code, stdout, stderr } = await under(permissions, args);
      assert.equal([code, stdout], [1, ""]);
      assert.is(stderr, `memory_exporter: error: Deno lacks permission for ${lacking}, ${ADVICE}\n`);
    }
  }
  const none = await under([], ["--version"]);
  assert.equal([none.code, none.stdout], [1, ""]);
  assert.is(none.stderr, "memory_exporter: error: Deno lacks permission for env, wanted --allow-all (-A)\n");
}

async function reads(): Promise<void> {
  const { stdout: output } = memoryCase("procps402-mebi");
  const { code, stdout, stderr } = await under(["--allow-env"], ["parse", "--command=free -m"], output);
  assert.match(stdout, /^memory_total_bytes 25275924480$/m);
  assert.equal([code, stderr], [0, ""]);
}

const NODE_ADVICE = "wanted no --permission: processes that a command leaves behind couldn't be found and killed";

async function refusesOnNode(): Promise<void> {
  const [node = "", ...words] = productOf(form);
  for (const [permissions, lacking] of [
    [["--allow-fs-read=*"], "child, net"],
    [["--allow-child-process", "--allow-net", `--allow-fs-read=${process.cwd()}/*`], "fs.read"],
  ] as const) {
    const product = [node, "--permission", ...permissions, ...words];
    const { code, stdout, stderr } = await run({ product, args: ["once"] });
    assert.equal([code, stdout], [1, ""]);
    // Before it, Node warns of what it calls experimental.
    assert.ok(
      stderr.endsWith(`memory_exporter: error: Node lacks permission for ${lacking}, ${NODE_ADVICE}\n`),
      stderr,
    );
    assert.is((await run({ product, args: ["version"] })).code, 0);
  }
}

if (form.endsWith("deno")) {
  test("with less than --allow-all commands aren't run, and what lacks is named", refuses);
  test("what runs no command needs the environment alone", reads);
} else if (form.endsWith("node"))
  test("under --permission commands aren't run, and what lacks is named", refusesOnNode);
else test("nothing is withheld from this form", () => {});

test.run();
