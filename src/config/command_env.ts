import { join } from "node:path";
import { reasonOf } from "../system_error.ts";
import { quote } from "../text.ts";
import type { CommandSection, EnvValue } from "./command_schema.ts";
import type { ReadText } from "./file.ts";
import type { IsLost } from "./rest.ts";
import type { Step } from "./yaml.ts";

/** The environment of a command. Its values can come from files, systemd credentials and parameters. */

export type Blame = (message: string, path: readonly Step[], at?: "key" | "value") => void;

/** Variables with fixed values, and the parameters of the variables whose value comes from a request. */
export type CommandEnv = {
  readonly values: Readonly<Record<string, string>>;
  readonly parameters: ReadonlyMap<string, string>;
};

/** Maximum size of a value. The kernel's limit is 128 KiB. */
const VALUE_BYTES = 65_536;
const WANTED = "wanted one of {file: PATH}, {credential: NAME}, {parameter: NAME}";

export type EnvContext = {
  /** The exporter's own environment, for `env_passthrough` and the directory of credentials. */
  readonly own: Readonly<Record<string, string | undefined>>;
  readonly readText: ReadText;
};

/** Reads the environment of a section. Reports all mistakes to `blame`. */
export async function readEnv(
  { env = {}, env_passthrough: passed = [] }: CommandSection,
  { own, readText }: EnvContext,
  { blame, isLost }: { readonly blame: Blame; readonly isLost: IsLost },
): Promise<CommandEnv> {
  const values = new Map<string, string>();
  const parameters = new Map<string, string>();
  for (const name of passed) {
    const value = Object.hasOwn(own, name) ? own[name] : undefined;
    if (value !== undefined) values.set(name, value);
  }
  for (const [name, written] of Object.entries(env)) {
    const blameValue = (message: string) => blame(message, ["env", name]);
    const origin = originOf(written, own);
    if (isLost("env", name)) continue;
    if ("wrong" in origin) blameValue(origin.wrong);
    else if ("parameter" in origin) parameters.set(name, origin.parameter);
    else {
      const text = "text" in origin ? origin.text : await secretIn(origin.file, readText, blameValue);
      if (text !== undefined && isValue(text, blameValue)) values.set(name, text);
    }
  }
  return { values: Object.fromEntries(values), parameters };
}

type EnvOrigin =
  | { readonly text: string }
  | { readonly file: string }
  | { readonly parameter: string }
  | { readonly wrong: string };

function originOf(value: EnvValue, own: Readonly<Record<string, string | undefined>>): EnvOrigin {
  if (typeof value === "string") return { text: value };
  const { file, credential, parameter } = value;
  const count = [file, credential, parameter].filter((one) => one !== undefined).length;
  if (count !== 1) return { wrong: `found ${count} of them, ${WANTED}` };
  if (parameter !== undefined) return { parameter };
  if (file !== undefined) return { file };
  const directory = own.CREDENTIALS_DIRECTORY;
  if (!directory) {
    const way = `LoadCredential=${credential}:PATH in the unit`;
    return { wrong: `found a credential, but no CREDENTIALS_DIRECTORY in the environment, wanted ${way}` };
  }
  return { file: join(directory, credential ?? "") };
}

async function secretIn(
  path: string,
  readText: ReadText,
  blame: (message: string) => void,
): Promise<string | undefined> {
  try {
    return (await readText(path)).replace(/\r?\n$/, "");
  } catch (error) {
    blame(`cannot read ${quote(path)}: ${reasonOf(error)}`);
    return undefined;
  }
}

function isValue(text: string, blame: (message: string) => void): boolean {
  if (text.includes("\0")) blame("found a value with a NUL character (not shown), wanted one without");
  else if (Buffer.byteLength(text) > VALUE_BYTES) blame(`found a value of more than ${VALUE_BYTES} bytes (not shown)`);
  else return true;
  return false;
}
