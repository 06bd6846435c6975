import { spawnSync } from "node:child_process";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { environmentName } from "../../src/cli/flags.ts";
import { EXIT_MEANINGS } from "../../src/cli/host.ts";
import { program } from "../../src/cli/subcommands.ts";
import { manPage } from "../../src/print/man.ts";
import { flagsOf, type Program } from "../../src/print/program.ts";
import { onDeno } from "../../src/web/runtime.ts";
import { needs, runTool } from "../tools.ts";

const FACTS = { version: "1.2.3", date: "2026-11-22", statuses: EXIT_MEANINGS, variableOf: environmentName };
const page = manPage(program(), FACTS);

test("the page has every command and every flag, once", () => {
  for (const { name } of program().commands) {
    assert.is(page.split(`\n.TP\n\\fB${name}\\fR`).length, 2, name);
  }
  for (const [{ name }] of flagsOf(program())) {
    assert.is(page.split(`\n\\fB\\-\\-${name.replaceAll("-", "\\-")}\\fR`).length, 2, name);
  }
  assert.match(page, /^\.TH "MEMORY_EXPORTER" "1" "2026\\-11\\-22" "memory_exporter 1\.2\.3" "User Commands"$/m);
});

test("nothing in a text is a request or an escape of roff", () => {
  const flag = { name: "a", group: "G", help: '.TH \\n(xx \'tis "q"', placeholder: "X" };
  const strange: Program = {
    name: "p",
    about: "'Tis \\fBodd",
    commands: [{ name: "c", about: ".so /etc/passwd", operands: [], flags: [flag] }],
  };
  const lines = manPage(strange, FACTS).split("\n");
  assert.ok(lines.includes("\\&'Tis \\efBodd"));
  assert.ok(lines.includes("\\&.so /etc/passwd"));
  assert.ok(lines.includes('\\&.TH \\en(xx \'tis "q" (c)'));
});

const hasMan = onDeno() ? () => {} : needs("man", "--version") && needs("groff", "--version") ? test : test.skip;

hasMan("man shows it without a warning", () => {
  // As lintian does it.
  const env = { ...process.env, LC_ALL: "C.UTF-8", MANROFFSEQ: "", MANWIDTH: "80" };
  const args = ["--warnings", "-E", "UTF-8", "-l", "-Tutf8", "-Z", "-"];
  const { status, stderr } = spawnSync("man", args, { input: page, encoding: "utf8", env });
  assert.equal([status, stderr], [0, ""]);
  const shown = runTool("groff", ["-man", "-Tascii", "-P-cbou"], page).stdout;
  assert.match(shown, /^ {7}--web\.listen-address=ADDRESS\n {14}Address +to +listen +on: /m);
});

test.run();
