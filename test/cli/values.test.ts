import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  absolutePath,
  count,
  matchers,
  metricPrefix,
  nonEmpty,
  oneOf,
  positiveDuration,
  positiveNumber,
  ratio,
  secondsToMs,
  size,
  telemetryPath,
  ValueError,
} from "../../src/cli/values.ts";

/** Holds what a reader makes of texts, and that it refuses others with a reason in one line. */
function holds<T>(read: (text: string) => T, taken: Readonly<Record<string, T>>, refused: readonly string[]): void {
  for (const [text, value] of Object.entries(taken)) assert.is(read(text), value, text);
  for (const text of refused) {
    assert.throws(
      () => read(text),
      (error: Error) => error instanceof ValueError && /^[^\n]+$/.test(error.message),
      JSON.stringify(text),
    );
  }
}

/** Texts that are no figure anywhere. */
const NO_FIGURES = [
  "",
  " ",
  "-1",
  "+1",
  "1 ",
  " 1",
  "1\n",
  "1e3",
  "0x10",
  "NaN",
  "Infinity",
  "١",
  "1,5",
  "1_000",
  "9".repeat(400),
];

test("positiveDuration() reads the durations of Go, to milliseconds", () => {
  holds(
    positiveDuration,
    {
      "500ms": 500,
      "5s": 5000,
      "1m30s": 90_000,
      "1.5s": 1500,
      "24h": 86_400_000,
      "1h0m0s": 3_600_000,
      "1000us": 1,
      "1000µs": 1,
      "1500000ns": 1.5,
      "1s1s": 2000,
    },
    [
      ...NO_FIGURES,
      "5",
      "0",
      "0s",
      "1us",
      "25h",
      "5 s",
      "5S",
      "5d",
      "s",
      "5s,",
      "-5s",
      "1.s",
      ".5s",
      "1..5s",
      "5sec",
      `${"1s".repeat(17)}`,
    ],
  );
});

test("size() reads bytes and their multiples", () => {
  holds(
    size,
    {
      "1": 1,
      "65536": 65536,
      "1B": 1,
      "64KiB": 65536,
      "1MiB": 2 ** 20,
      "1GiB": 2 ** 30,
      "2MB": 2e6,
      "1KB": 1000,
      "1GB": 1e9,
    },
    [...NO_FIGURES, "0", "0MiB", "2GiB", "1.5MiB", "1 MiB", "1mib", "1M", "1Mi", "1TiB", "MiB", "1iB"],
  );
});

test("count() reads whole numbers", () => {
  holds(count, { "0": 0, "40": 40, "007": 7, "999999999": 999_999_999 }, [...NO_FIGURES, "1.0", "1000000000"]);
});

test("secondsToMs() reads decimal seconds", () => {
  holds(secondsToMs, { "0": 0, "0.5": 500, "2": 2000, "999999": 999_999_000 }, [
    ...NO_FIGURES,
    ".5",
    "1.",
    "0.5s",
    "1.2.3",
    "1000000",
  ]);
});

test("oneOf() reads one of some words, in any case of letters if that is wanted", () => {
  holds(oneOf(["info", "warn"]), { info: "info", warn: "warn" }, [
    "",
    "INFO",
    "inf",
    "info ",
    "infowarn",
    "info, warn",
  ]);
  holds(oneOf(["info", "warn"], true), { info: "info", WARN: "warn", Warn: "warn" }, ["", "warning", "ınfo"]);
});

test("nonEmpty() reads any text but none", () => {
  holds(nonEmpty, { a: "a", " ": " " }, [""]);
});

test("telemetryPath() refuses paths in use, and paths with several spellings", () => {
  const taken = ["/", "/-/healthy", "/-/ready", "/-/reload", "/probe", "/discovery", "/api/v1/live", "/debug/pprof"];
  const unclear = [
    "",
    "metrics",
    "/a b",
    "/a?b",
    "/a#b",
    "/%2d/healthy",
    "/-%2Fready",
    "/ä",
    "/a/",
    "//a",
    "/./-/ready",
    "/a/..",
  ];
  holds(telemetryPath, { "/metrics": "/metrics", "/a/b.c": "/a/b.c", "/debugging": "/debugging" }, [
    ...taken,
    ...unclear,
  ]);
});

test("metricPrefix() reads valid prefixes", () => {
  holds(metricPrefix, { memory: "memory", my_exporter: "my_exporter", _x9: "_x9", A: "A" }, [
    "",
    "9x",
    "a-b",
    "a:b",
    "a.b",
    "größe",
    "a\n",
    "a".repeat(101),
  ]);
});

test("shares, numbers, paths and matchers of what is printed", () => {
  holds(ratio, { "0.9": 0.9, "0.05": 0.05 }, [...NO_FIGURES, "0", "0.0", "1", "1.5", "90"]);
  holds(positiveNumber, { "250": 250, "0.5": 0.5 }, [...NO_FIGURES, "0", "0.0"]);
  holds(absolutePath, { "/usr/bin/a-b.c": "/usr/bin/a-b.c" }, ["", "a", "/", "/a b", "/a/", "/a\n", "/a$b", '/a"']);
  const taken = ['job="a"', 'job=~"a.*",env!="test"', 'a!~"b", c="d\\"e"'];
  holds(matchers, Object.fromEntries(taken.map((text) => [text, text])), [
    ...["", "job", "job=a", "job='a'", '{job="a"}', 'job="a"} or up{a="b"', 'job="a",', '1a="b"', 'job="a"\n'],
  ]);
});

test.run();
