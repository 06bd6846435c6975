import * as v from "valibot";
import { commandSchema, fileSchema } from "./command_schema.ts";
import type { Described } from "./words.ts";

/** The JSON Schema of a configuration file, for editors: made from the schemas by which files are checked. */

type Json = Readonly<Record<string, unknown>>;

/** The whole schema, in the 2020-12 dialect. */
export function configSchema(): Json {
  const { properties, ...rest } = schemaOf(fileSchema) as { readonly properties: Record<string, Json> };
  const commands = { ...properties.commands, items: schemaOf(commandSchema) };
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "Configuration file of memory_exporter",
    ...rest,
    properties: { ...properties, commands },
  };
}

/** The parts and the metadata of a schema. */
export function describe(schema: v.GenericSchema): Described {
  const metadata: Described = v.getMetadata(schema);
  const list = listOf(schema);
  return list ? { ...metadata, items: list } : metadata;
}

/** Whether a key is optional, and the schema of its value. */
export function unwrapped(entry: v.GenericSchema): { readonly schema: v.GenericSchema; readonly isOptional: boolean } {
  const isOptional = entry.type === "exact_optional";
  return { schema: isOptional ? (entry as unknown as { wrapped: v.GenericSchema }).wrapped : entry, isOptional };
}

/** The schema of the items of a list. */
function listOf(schema: v.GenericSchema): v.GenericSchema | undefined {
  if (schema.type === "array") return (schema as unknown as { item: v.GenericSchema }).item;
  const { pipe = [] } = schema as unknown as { pipe?: readonly v.GenericSchema[] };
  const [first] = pipe;
  return first === undefined || first === schema || first.kind !== "schema" ? undefined : listOf(first);
}

function schemaOf(schema: v.GenericSchema): Json {
  const { about, json, entries, values, keys, choices, items } = describe(schema);
  const description = about === undefined ? {} : { description: about };
  if (entries) return { ...objectOf(entries), ...description };
  if (values)
    return { type: "object", propertyNames: { pattern: keys }, additionalProperties: schemaOf(values), ...description };
  if (choices) return { anyOf: choices.map(schemaOf), ...description };
  if (items) return { type: "array", items: schemaOf(items), ...description };
  return { ...json, ...description };
}

function objectOf(entries: Readonly<Record<string, v.GenericSchema>>): Json {
  const keys = Object.entries(entries).map(([name, entry]) => ({ name, ...unwrapped(entry) }));
  return {
    type: "object",
    properties: Object.fromEntries(keys.map(({ name, schema }) => [name, schemaOf(schema)])),
    required: keys.filter(({ isOptional }) => !isOptional).map(({ name }) => name),
    additionalProperties: false,
  };
}
