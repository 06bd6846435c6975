import { test } from "uvu";
import * as assert from "uvu/assert";
import { unameAttempts } from "../../src/presets/uname.ts";
import { wordsOf } from "../../src/source.ts";
import { refusal } from "../cuts.ts";
import { sampleLines } from "../memory_cases.ts";

const MACHINE =
  'node_uname_info{sysname="Linux",nodename="db-1",release="6.18.0",version="#1 SMP @0",machine="x86_64",domainname="(none)"} 1';
const FILES = {
  ostype: "Linux",
  hostname: "db-1",
  osrelease: "6.18.0",
  version: "#1 SMP @0",
  arch: "x86_64",
  domainname: "(none)",
};

function read(attempt: number, text: string): string[] {
  const one = unameAttempts[attempt];
  return sampleLines(one?.read?.({ stdout: Buffer.from(text), words: wordsOf(one) }) ?? []);
}

const marked = (files: Readonly<Record<string, string>>) =>
  Object.entries(files)
    .map(([file, text]) => `/proc/sys/kernel/${file}:${text}\n`)
    .join("");

test("the kernel's files and uname(1) give the same", () => {
  assert.equal(read(0, marked(FILES)), [MACHINE]);
  assert.equal(read(1, `${["Linux", "db-1", "6.18.0", "#1 SMP @0", "x86_64", "(none)"].join("\n")}\n`), [MACHINE]);
});

test("without all of it there is nothing, so that the other way is tried", () => {
  const { arch, ...older } = FILES;
  assert.is(arch, "x86_64");
  assert.is(
    refusal(() => read(0, marked(older))),
    "found no machine, wanted all fields of uname",
  );
  refusal(() => read(1, "Linux\ndb-1\n"));
  refusal(() => read(0, ""));
});

test.run();
