import { test } from "uvu";
import * as assert from "uvu/assert";
import { OverflowError } from "../../src/text.ts";
import { outcome, readerOf } from "./reading.ts";

test("numbers and booleans, with tags and times", async () => {
  const page = `# comment
weather,location=us\\,mid\\ west,a\\=b=c temp-x=82.5,i=3i,u=4u,ok=t,bad=FALSE,text="a \\"b\\" = c, d" 1465839830100400200

cpu value=1e3
`;
  const tags = '{location="us,mid west",a_b="c",x="y"}';
  assert.equal(outcome(await readerOf({ format: "influx", labels: { x: "y" } }), page), [
    `weather_temp_x${tags} 82.5 1465839830100`,
    `weather_i${tags} 3 1465839830100`,
    `weather_u${tags} 4 1465839830100`,
    `weather_ok${tags} 1 1465839830100`,
    `weather_bad${tags} 0 1465839830100`,
    'cpu_value{x="y"} 1000',
  ]);
});

const REFUSED: readonly (readonly [text: string, message: string])[] = [
  ["cpu\n", "line 1: found the end of the line, wanted tags, or a space and fields"],
  ["cpu,host value=1\n", 'line 1: found ",host value=1", wanted tags, or a space and fields'],
  ["cpu value\n", 'line 1: found "value", wanted a field and its value'],
  ["cpu value=x\n", 'line 1: found "value=x", wanted a number, an integer (1i), a boolean or a text in quotes'],
  ["cpu value=1.5i\n", 'line 1: found "value=1.5i", wanted a number, an integer (1i), a boolean or a text in quotes'],
  ['cpu value="x\n', 'line 1: found "value=\\"x", wanted a field and its value'],
  ["cpu value=1 12x\n", 'line 1: found " 12x", wanted a timestamp in nanoseconds'],
  ["cpu value=1\ncpu value=2\n", 'line 2: found "cpu_value" a second time, wanted each series once'],
];

for (const [text, message] of REFUSED) {
  test(`refuses ${JSON.stringify(text)}`, async () =>
    assert.is(outcome(await readerOf({ format: "influx" }), text), message));
}

test("a tag hides no label, and no other tag", async () => {
  const read = await readerOf({ format: "influx", labels: { x_y: "z" } });
  assert.is(
    outcome(read, "a b=1\na,x-y=1 b=1\n"),
    'line 2: found tag "x-y", wanted points without it: the configuration adds it',
  );
  assert.is(
    outcome(read, "a,h-n=1,h.n=2 b=1\n"),
    'line 1: found tag "h.n", wanted points without it: another tag is that label',
  );
});

test("ends at the bound of series", async () => {
  const read = await readerOf({ format: "influx" });
  assert.throws(
    () => outcome(read, "a b=1,c=2,d=3\n", { maxSeries: 2 }),
    (error: unknown) => error instanceof OverflowError,
  );
});

test.run();
