import { test } from "uvu";
import * as assert from "uvu/assert";
import { metric, outcome, readerOf } from "./reading.ts";

const DISK = `DISK OK - free space: / 3326 MB (56%); | /=2643MB;5948;5958;0;5968
/ 15272 MB (77%);
/boot 68 MB (69%); | /boot=68MB;88;93;0;98
'a ''b'=10%;@5:7;~:90 c=7c d=U
`;

test("status and figures, in base units", async () => {
  assert.equal(outcome(await readerOf({ format: "nagios", labels: { check: "disk" } }), DISK, { exitCode: 1 }), [
    'nagios_status{check="disk"} 1',
    `nagios_value{check="disk",label="/",unit="bytes"} ${2643 * 2 ** 20}`,
    `nagios_value{check="disk",label="/boot",unit="bytes"} ${68 * 2 ** 20}`,
    `nagios_value{check="disk",label="a 'b",unit="ratio"} 0.1`,
    'nagios_value{check="disk",label="c",unit="count"} 7',
  ]);
});

test("metrics of one's own", async () => {
  const read = await readerOf(
    { format: "nagios" },
    metric("warning", { when: { label: "/" } }),
    metric({ number: 1 }, { name: "s", labels: { state: "state", text: "text" } }),
  );
  assert.equal(outcome(read, DISK, { exitCode: 2 }), [
    `m ${5948 * 2 ** 20}`,
    's{state="CRITICAL",text="DISK OK - free space: / 3326 MB (56%);"} 1',
  ]);
});

test("times, decimal commas, signs", async () => {
  const read = await readerOf({ format: "nagios" }, metric("value", { labels: { l: "label" } }));
  assert.equal(outcome(read, "OK | a=0,25s b=-3ms;;;0 c=1e3us d=5us\n"), [
    'm{l="a"} 0.25',
    'm{l="b"} -0.003',
    'm{l="c"} 0.001',
    'm{l="d"} 0.000005',
  ]);
});

test("units by name, whatever characters they have", async () => {
  const read = await readerOf(
    { format: "nagios" },
    metric("value", { labels: { l: "label", u: "unit" }, missing: "absent" }),
  );
  assert.equal(outcome(read, "OK | in=40B/s;;;0 r=2req/s t=21°C p=3%% e=1e2\n"), [
    'm{l="in",u="B/s"} 40',
    'm{l="r",u="req/s"} 2',
    'm{l="t",u="°C"} 21',
    'm{l="p",u="%%"} 3',
    'm{l="e"} 100',
  ]);
});

const REFUSED: readonly (readonly [text: string, exitCode: number, message: string])[] = [
  ["OK\n", 4, "found exit status 4, wanted 0 to 3 as plugins of Nagios have it"],
  ["OK | a\n", 0, 'line 1: found "a", wanted performance data: label=value[unit];[warn];[crit];[min];[max]'],
  ["OK | a=1 b=x\n", 0, 'line 1: found "b=x", wanted performance data: label=value[unit];[warn];[crit];[min];[max]'],
  [
    "OK | a=1;2;3;4;5;6\n",
    0,
    'line 1: found "a=1;2;3;4;5;6", wanted performance data: label=value[unit];[warn];[crit];[min];[max]',
  ],
  ["OK | a=1:2\n", 0, 'line 1: found "a=1:2", wanted performance data: label=value[unit];[warn];[crit];[min];[max]'],
  [
    "OK | a=1.2.3\n",
    0,
    'line 1: found "a=1.2.3", wanted performance data: label=value[unit];[warn];[crit];[min];[max]',
  ],
  ["OK\nx | y\n", 0, 'line 2: found "y", wanted performance data: label=value[unit];[warn];[crit];[min];[max]'],
  ["OK\n", 0, "found no performance data, wanted some after |"],
];

for (const [text, exitCode, message] of REFUSED) {
  test(`refuses ${JSON.stringify(text)} of ${exitCode}`, async () => {
    assert.is(outcome(await readerOf({ format: "nagios" }, metric("value")), text, { exitCode }), message);
  });
}

test.run();
