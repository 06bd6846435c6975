import { test } from "uvu";
import * as assert from "uvu/assert";
import { createLog, LOG_LEVELS, type LogFields, type LogFormat, type LogLevel } from "../src/log.ts";

/** What a logger writes for the calls of `use`, without the time that each line begins with. */
function written(format: LogFormat, level: LogLevel, use: (log: ReturnType<typeof createLog>) => void): string {
  const lines: string[] = [];
  use(createLog({ level, format, write: (line) => lines.push(line) }));
  const time = format === "json" ? /^\{"time":"[^"]+",/ : /^time=\S+ /;
  for (const line of lines) assert.match(line, time);
  return lines.map((line) => line.replace(time, format === "json" ? "{" : "")).join("");
}

const fields = (given: LogFields, format: LogFormat = "logfmt") =>
  written(format, "info", (log) => log.info("m", given));

test("each level writes what is as severe or more", () => {
  for (const [index, level] of LOG_LEVELS.entries()) {
    const lines = written("logfmt", level, (log) => {
      for (const one of LOG_LEVELS) log[one]("said");
    });
    assert.is(
      lines,
      LOG_LEVELS.slice(index)
        .map((one) => `level=${one.toUpperCase()} msg=said\n`)
        .join(""),
    );
  }
});

test("a line begins with time, level and message, then come the fields in order", () => {
  const lines: string[] = [];
  const before = Date.now();
  createLog({ level: "info", format: "logfmt", write: (line) => lines.push(line) }).warn("It broke", { b: 1, a: true });
  const [, time = ""] = /^time=(\S+) level=WARN msg="It broke" b=1 a=true\n$/.exec(lines[0] ?? "") ?? [];
  assert.match(time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  assert.ok(Date.parse(time) >= before && Date.parse(time) <= Date.now());
});

test("a line for the journal begins with its priority", () => {
  for (const format of ["logfmt", "json"] as const) {
    const lines: string[] = [];
    const log = createLog({ level: "debug", format, priorities: true, write: (line) => lines.push(line) });
    for (const one of LOG_LEVELS) log[one]("said");
    assert.equal(
      lines.map((line) => line.slice(0, 4)),
      ["<7>", "<6>", "<4>", "<3>"].map((priority) => priority + (format === "json" ? "{" : "t")),
    );
  }
});

test("json is one object a line, with the types of the values", () => {
  assert.is(
    fields({ n: 1.5, b: false, s: 'a "b"\n' }, "json"),
    '{"level":"INFO","msg":"m","n":1.5,"b":false,"s":"a \\"b\\"\\n"}\n',
  );
});

test("a field without a value is left out", () => {
  assert.is(fields({ a: undefined, b: "x" }), "level=INFO msg=m b=x\n");
  assert.is(fields({ a: undefined, b: "x" }, "json"), '{"level":"INFO","msg":"m","b":"x"}\n');
});

test("no field takes the place of time, level or message", () => {
  assert.is(
    fields({ time: "t", level: "l", msg: "x" }),
    "level=INFO msg=m logged_time=t logged_level=l logged_msg=x\n",
  );
  assert.is(JSON.parse(written("json", "info", (log) => log.info("m", { level: "ERROR" }))).level, "INFO");
});

test("a value is bare where that is plain to read, else quoted", () => {
  for (const bare of ["a", "/bin/sh", "127.0.0.1:9101", "[::]:9101", "a,b;c'd", "5%"])
    assert.is(fields({ v: bare }), `level=INFO msg=m v=${bare}\n`);
  for (const [value, quoted] of Object.entries({
    "": '""',
    "a b": '"a b"',
    "a=b": '"a=b"',
    'a"b': '"a\\"b"',
    "a\\ b": '"a\\\\ b"',
    größe: '"größe"',
    "内存 free": '"内存 free"',
  }))
    assert.is(fields({ v: value }), `level=INFO msg=m v=${quoted}\n`);
});

test("nothing that comes from outside can forge, break or colour a line", () => {
  for (const [value, quoted] of Object.entries({
    "x\nlevel=ERROR msg=forged": '"x\\nlevel=ERROR msg=forged"',
    "\u001b[31mred": '"\\u001b[31mred"',
    "a\u007fb": '"a\\u007fb"',
    "a\u0085b": '"a\\u0085b"',
    "a\u2028b": '"a\\u2028b"',
    "a\u202eb": '"a\\u202eb"',
    "a\u{e0001}b": '"a\\udb40\\udc01b"',
    "a\ud800b": '"a\\ud800b"',
  })) {
    assert.is(fields({ v: value }), `level=INFO msg=m v=${quoted}\n`);
    assert.is(
      written("logfmt", "info", (log) => log.info(value)),
      `level=INFO msg=${quoted}\n`,
    );
    assert.is(fields({ v: value }, "json").split("\n").length, 2);
  }
});

test("repeated lines are logged each time", () => {
  const lines = written("logfmt", "info", (log) => {
    for (let i = 0; i < 50; i += 1) log.info("again");
  });
  assert.is(lines, "level=INFO msg=again\n".repeat(50));
});

test.run();
