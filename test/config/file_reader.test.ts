import { test } from "uvu";
import * as assert from "uvu/assert";
import { fileRead } from "../../src/config/file_reader.ts";
import { family } from "../../src/metric.ts";
import type { OneFile } from "../../src/read_file.ts";
import type { Read } from "../../src/source.ts";
import { ParseError } from "../../src/text.ts";
import { sampleLines } from "../memory_cases.ts";

/** A file of `name value` lines; `!` is help of another kind. */
const readLines: Read = ({ stdout }) =>
  new TextDecoder()
    .decode(stdout)
    .split("\n")
    .map((line, index) => {
      const [name = "", value] = line.split(" ");
      if (value === undefined) throw new ParseError(`found ${line}`, index + 1);
      return family({ name, help: value.startsWith("!") ? "other" : "h", type: "gauge" }, [[{}, 1]]);
    });

const file = (path: string, text: string): OneFile => ({ path, bytes: new TextEncoder().encode(text), mtimeMs: 1500 });

function read(isPattern: boolean, ...files: readonly OneFile[]) {
  const warned: string[] = [];
  const output = { stdout: new Uint8Array(0), words: [], files, warn: (message: string) => warned.push(message) };
  return { lines: sampleLines(fileRead("text", isPattern, readLines)(output)), warned };
}

test("of files that a pattern matches, the bad ones are left out and told", () => {
  const { lines, warned } = read(
    true,
    file("/1", "a 1\nb 1"),
    file("/2", "oops"),
    file("/3", "c 1\na 2"),
    file("/4", "b !"),
    {
      path: "/5",
      reason: "permission denied",
    },
    file("/6", "d 1"),
  );
  assert.equal(lines, [
    "a 1",
    "b 1",
    "d 1",
    'memory_exporter_file_mtime_seconds{command="text",file="/1"} 1.5',
    'memory_exporter_file_mtime_seconds{command="text",file="/2"} 1.5',
    'memory_exporter_file_mtime_seconds{command="text",file="/3"} 1.5',
    'memory_exporter_file_mtime_seconds{command="text",file="/4"} 1.5',
    'memory_exporter_file_mtime_seconds{command="text",file="/6"} 1.5',
    'memory_exporter_file_success{command="text",file="/1"} 1',
    'memory_exporter_file_success{command="text",file="/2"} 0',
    'memory_exporter_file_success{command="text",file="/3"} 0',
    'memory_exporter_file_success{command="text",file="/4"} 0',
    'memory_exporter_file_success{command="text",file="/5"} 0',
    'memory_exporter_file_success{command="text",file="/6"} 1',
  ]);
  assert.equal(warned, [
    `Can't read "/2": line 1: found oops`,
    `Can't read "/3": found a series of "a" that a file before it has`,
    `Can't read "/4": found another help of "b" than in a file before it`,
    `Can't read "/5": permission denied`,
  ]);
});

test("two families of one name in a file become one", () => {
  const labelled: Read = () =>
    ["a", "b"].map((kind) => family({ name: "x", help: "h", type: "gauge" }, [[{ kind }, 1]]));
  const output = { stdout: new Uint8Array(0), words: [], files: [file("/1", "")] };
  const lines = sampleLines(fileRead("text", false, labelled)(output));
  assert.equal(lines.slice(0, 2), ['x{kind="a"} 1', 'x{kind="b"} 1']);
});

test("a single file that is bad fails the run", () => {
  assert.throws(() => read(false, file("/1", "oops")), /^line 1: found oops$/);
  assert.throws(() => read(false, { path: "/1", reason: "no such file" }), /^"\/1": no such file$/);
  assert.equal(read(false, file("/1", "a 1")).lines, [
    "a 1",
    'memory_exporter_file_mtime_seconds{command="text",file="/1"} 1.5',
  ]);
});

test("a pattern that matches nothing gives nothing", () => {
  assert.equal(read(true), { lines: [], warned: [] });
});

test.run();
