import { test } from "uvu";
import * as assert from "uvu/assert";
import { freeOptions, procpsRows } from "../../src/parsers/free_options.ts";
import { refusal } from "../cuts.ts";

const options = (line: string) => freeOptions(line.split(" "));

test("freeOptions() knows every unit, by letter and by name", () => {
  const powers = { b: 1, k: 2, m: 3, g: 4, "-bytes": 1, "-kibi": 2, "-mebi": 3, "-gibi": 4, "-tebi": 5, "-pebi": 6 };
  for (const [name, power] of Object.entries(powers)) {
    assert.is(options(`free -${name}`).power, power, name);
    assert.not(options(`free -${name}`).decimalName, name);
  }
  for (const [i, name] of ["kilo", "mega", "giga", "tera", "peta"].entries()) {
    assert.is(options(`free --${name}`).power, i + 2);
    assert.ok(options(`free --${name}`).decimalName);
  }
  assert.is(options("free").power, 0);
});

test("freeOptions() takes letters together, values in the same word and the next, and beginnings of long names", () => {
  const together = options("free -hwltvs1");
  for (const name of ["human", "wide", "lohi", "total", "committed", "repeated"] as const)
    assert.ok(together[name], name);
  assert.ok(options("free -s 1 -c 5 -L").line);
  assert.ok(options("free --count=3 --si").si);
  assert.is(options("free --seconds 2 --meb").power, 3);
  assert.ok(options("free --com --tot").committed);
  assert.ok(options("free -o").old);
});

test("freeOptions() keeps the first letter, which is all that BusyBox reads", () => {
  assert.is(options("free").firstLetter, "");
  assert.is(options("free -mh").firstLetter, "m");
  assert.is(options("free --si").firstLetter, "-");
});

test("freeOptions() refuses what gives no report, and what isn't certain", () => {
  const unknown = (word: string) => `found "${word}" in the command line of free, wanted options that give a report`;
  for (const word of ["-V", "--help", "--version", "-x", "5", "-", "--", "--l", "--k", "--available"]) {
    assert.is(
      refusal(() => options(`free ${word}`)),
      unknown(word),
    );
  }
  assert.is(
    refusal(() => options("free -k -m")),
    "found --kibi and --mebi in the command line of free, wanted one unit",
  );
});

test("procpsRows() gives the rows in the order of procps", () => {
  assert.equal(procpsRows(options("free")), ["mem", "swap"]);
  assert.equal(procpsRows(options("free -vtl")), ["mem", "low", "high", "swap", "total", "committed"]);
});

test.run();
