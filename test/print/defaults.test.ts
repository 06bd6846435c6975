import { test } from "uvu";
import * as assert from "uvu/assert";
import { environmentName } from "../../src/cli/flags.ts";
import { program } from "../../src/cli/subcommands.ts";
import { defaultsFile } from "../../src/print/defaults.ts";
import { runTool } from "../tools.ts";

test("every flag of a command is there once, commented out, with its help", () => {
  for (const command of program().commands.filter(({ name }) => ["serve", "push", "textfile"].includes(name))) {
    const text = defaultsFile(command, environmentName);
    const variables = [...text.matchAll(/^#(MEMORY_EXPORTER_[A-Z_]+)=".*"$/gm)].map(([, name]) => name);
    const flags = command.flags.map(({ name }) => name).filter((name) => name !== "help" && name !== "version");
    assert.equal(variables.toSorted(), flags.map(environmentName).toSorted(), command.name);
    for (const line of text.split("\n")) assert.match(line, /^(#.*)?$/);
  }
});

test("a shell reads what is no longer commented out as the text that was meant", () => {
  const flags = [{ name: "a.b", group: "G", help: "Says so.", placeholder: "X", shown: 'a "b" $c `d` \\e' }];
  const text = defaultsFile({ name: "serve", about: "", operands: [], flags }, environmentName);
  const script = `${text.replace(/^#MEMORY/m, "MEMORY")}printf %s "$MEMORY_EXPORTER_A_B"`;
  assert.is(runTool("sh", ["-c", script], "").stdout, flags[0]?.shown);
});

test.run();
