import { test } from "uvu";
import * as assert from "uvu/assert";
import { configurationPage } from "../../docs/configuration.ts";
import { FORMATS } from "../../src/config/format_schema.ts";
import { configSchema } from "../../src/config/json_schema.ts";

type Json = { readonly [key: string]: Json };

const schema = configSchema() as unknown as Json;
const command = schema.properties?.commands?.items as Json;

test("the JSON Schema has all keys, what they take and what they are for", () => {
  assert.equal(schema.required, ["commands"]);
  assert.is(schema.additionalProperties, false);
  assert.equal(command.required, ["name"]);
  assert.equal(command.properties?.nice, {
    type: "integer",
    minimum: -20,
    maximum: 19,
    description: "Niceness to add, as with nice(1).",
  });
  const formats = command.properties?.parser?.anyOf as unknown as readonly Json[];
  const names = formats.flatMap((one) => one.properties?.format?.enum as unknown as readonly string[]);
  for (const name of [...Object.keys(FORMATS), "free"]) assert.ok(names.includes(name), name);
  const metric = command.properties?.metrics?.items as Json;
  assert.equal(metric.required, ["name", "help", "value"]);
});

test("every key has a description, and its pattern is a regular expression", () => {
  const visit = (one: unknown, path: string): void => {
    if (typeof one !== "object" || one === null) return;
    for (const [key, value] of Object.entries(one)) {
      if (key === "properties")
        for (const [name, property] of Object.entries(value as Json))
          assert.type((property as Json).description, "string", `${path}.${name}`);
      if (key === "pattern" && typeof value === "string") new RegExp(value, "u");
      visit(value, `${path}.${key}`);
    }
  };
  visit(schema.properties?.commands, "commands");
});

test("the page of the documentation has every key", () => {
  const page = configurationPage();
  for (const key of Object.keys(command.properties ?? {})) assert.ok(page.includes(`\n| \`${key}\` | `), key);
  for (const format of Object.keys(FORMATS)) assert.ok(page.includes(`\n### ${format}\n`), format);
});

test.run();
