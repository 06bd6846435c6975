import { test } from "uvu";
import * as assert from "uvu/assert";
import { environmentName, type Flag, flagsOf, readFlags, splitArguments, UsageError } from "../../src/cli/flags.ts";
import { count, ValueError } from "../../src/cli/values.ts";

const { list, optional, toggle, value } = flagsOf("G");
const table = {
  level: value("log.level=P", "7", "H", count),
  line: optional("command=P", "H", (text) => text, { aliases: ["free", "f"] }),
  addresses: list("web.listen-address=P", ":9101", "H", (text) => text.toUpperCase()),
  quiet: toggle("web.quiet", "H"),
};
const other: Flag<unknown> = optional("other=P", "H", (text) => text);
const FLAGS = [...Object.values(table), other];

/** The values that a command line gives, or the message that refuses it. */
function read(args: readonly string[], environment: Readonly<Record<string, string>> = {}) {
  try {
    const line = splitArguments(args, FLAGS);
    const values = readFlags(table, line, environment);
    return line.words.length > 0 ? { ...values, words: line.words } : values;
  } catch (error) {
    if (error instanceof UsageError) return error.message;
    throw error;
  }
}

const DEFAULTS = { level: 7, line: undefined, addresses: [":9101"], quiet: false };

test("without arguments every flag has its default", () => {
  assert.equal(read([]), DEFAULTS);
});

test("a value follows = or is the next word, with one dash or two, for all names of a flag", () => {
  for (const args of [
    ["--command=free -m"],
    ["--command", "free -m"],
    ["-command=free -m"],
    ["-command", "free -m"],
    ["--free", "free -m"],
    ["-f", "free -m"],
  ])
    assert.equal(read(args), { ...DEFAULTS, line: "free -m" }, args.join(" "));
});

test("everything after the first = is the value", () => {
  assert.equal(read(["--command=a=b --c"]), { ...DEFAULTS, line: "a=b --c" });
  assert.equal(read(["--command="]), { ...DEFAULTS, line: "" });
  assert.equal(read(["--command=--log.level"]), { ...DEFAULTS, line: "--log.level" });
  assert.equal(read(["--command", ""]), { ...DEFAULTS, line: "" });
  assert.equal(read(["--command", "-"]), { ...DEFAULTS, line: "-" });
  assert.equal(read(["--command", "-5"]), { ...DEFAULTS, line: "-5" });
});

test("a flag without its value is refused", () => {
  assert.is(read(["--command"]), "expected argument for flag '--command'");
  assert.is(read(["--command", "--web.quiet"]), "expected argument for flag '--command'");
  assert.is(read(["--command", "-free"]), "expected argument for flag '--command'");
});

test("a switch is on, off, or has a value", () => {
  for (const on of [["--web.quiet"], ["-web.quiet"], ["--web.quiet=true"]])
    assert.equal(read(on), { ...DEFAULTS, quiet: true });
  for (const off of [["--no-web.quiet"], ["-no-web.quiet"], ["--web.quiet=false"]]) assert.equal(read(off), DEFAULTS);
  assert.is(read(["--web.quiet=yes"]), '--web.quiet: found "yes", wanted true or false');
  assert.is(read(["--web.quiet="]), '--web.quiet: found "", wanted true or false');
  assert.is(read(["--no-web.quiet=true"]), '--no-web.quiet: found "true", wanted no value');
  assert.equal(read(["--web.quiet", "word"]), { ...DEFAULTS, quiet: true, words: ["word"] });
});

test("only a switch can be negated", () => {
  assert.is(read(["--no-command"]), "unknown long flag '--no-command' (did you mean '--command'?)");
  assert.is(read(["--no-no-web.quiet"]), "unknown long flag '--no-no-web.quiet' (did you mean '--no-web.quiet'?)");
});

test("an unknown flag is refused with its name, in one line", () => {
  for (const name of ["bogus", "__proto__", "constructor", "v", "1"]) {
    assert.is(read([`--${name}`]), `unknown long flag '--${name}'`);
    assert.is(read([`--${name}=x`]), `unknown long flag '--${name}'`);
  }
  for (const name of ["web.quie", "web.quiett", "WEB.QUIET", "quiet"])
    assert.is(read([`--${name}`]), `unknown long flag '--${name}' (did you mean '--web.quiet'?)`);
  assert.is(read(["--fre=x"]), "unknown long flag '--fre' (did you mean '--free'?)");
  assert.is(read(["-bogus"]), "unknown long flag '--bogus'");
  assert.is(read(["--a\nb"]), "unknown long flag '--a\\nb'");
  assert.is(read(["--\u001b[31m"]), "unknown long flag '--\\u{1b}[31m'");
});

test("a repeated flag is refused, unless it is a list", () => {
  assert.is(read(["--command=a", "--command=a"]), "flag 'command' cannot be repeated");
  assert.is(read(["--command=a", "-f", "b"]), "flag 'command' cannot be repeated");
  assert.is(read(["--web.quiet", "--no-web.quiet"]), "flag 'web.quiet' cannot be repeated");
  assert.equal(read(["--web.listen-address=a,b", "--web.listen-address", "c"]), {
    ...DEFAULTS,
    addresses: ["A,B", "C"],
  });
});

test("a flag of another command is refused", () => {
  assert.is(read(["--other=1"]), "flag '--other' doesn't belong to this command");
});

test("an invalid value is reported with its flag or variable", () => {
  assert.is(read(["--log.level=x\ny"]), '--log.level: found "x\\ny", wanted a whole number, 0 or more');
  assert.is(
    read([], { MEMORY_EXPORTER_LOG_LEVEL: "x" }),
    'MEMORY_EXPORTER_LOG_LEVEL: found "x", wanted a whole number, 0 or more',
  );
});

test("a bug in a reader isn't reported as a mistake of the user", () => {
  const broken = { one: optional("one=P", "H", () => JSON.parse("{")) };
  const line = splitArguments(["--one=1"], Object.values(broken));
  assert.throws(
    () => readFlags(broken, line, {}),
    (error: Error) => error instanceof SyntaxError,
  );
  assert.not.ok(new UsageError("") instanceof ValueError);
});

test("words are kept in order; after -- everything is a word", () => {
  assert.equal(read(["a", "--web.quiet", "b", "--", "--command=x", "c"]), {
    ...DEFAULTS,
    quiet: true,
    words: ["a", "b", "--command=x", "c"],
  });
});

test("the environment is used for flags that aren't on the command line", () => {
  const environment = {
    MEMORY_EXPORTER_LOG_LEVEL: "3",
    MEMORY_EXPORTER_COMMAND: "free -b",
    MEMORY_EXPORTER_WEB_LISTEN_ADDRESS: "a,b",
    MEMORY_EXPORTER_WEB_QUIET: "true",
  };
  const given = { level: 3, line: "free -b", addresses: ["A", "B"], quiet: true };
  assert.equal(read([], environment), given);
  assert.equal(read(["--log.level=4", "--no-web.quiet", "--web.listen-address=c"], environment), {
    ...given,
    level: 4,
    quiet: false,
    addresses: ["C"],
  });
  const empty = Object.fromEntries(Object.keys(environment).map((name) => [name, ""]));
  assert.equal(read([], empty), DEFAULTS);
  assert.is(read([], { MEMORY_EXPORTER_WEB_QUIET: "1" }), 'MEMORY_EXPORTER_WEB_QUIET: found "1", wanted true or false');
});

test("environmentName() makes a name that shells take", () => {
  assert.is(environmentName("web.listen-address"), "MEMORY_EXPORTER_WEB_LISTEN_ADDRESS");
  assert.is(environmentName("timeout-offset"), "MEMORY_EXPORTER_TIMEOUT_OFFSET");
});

test.run();
