import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Licenses of third-party software in the program. */

/** A package that is part of the program. */
export type Part = {
  readonly name: string;
  readonly version: string;
  /** From its package.json. */
  readonly license: string;
  /** Its license and notice files. */
  readonly texts: readonly string[];
};

/** License and notice files of a package. */
const NOTICE_FILE = /^(?:licen[cs]e|copying|notice)(?:[.-](?:md|txt))?$/i;

/** Reads a package. If it has no license file, the copyright comments of its sources are used. */
export function readPart(directory: string): Part {
  const { name, version, license } = JSON.parse(readFileSync(join(directory, "package.json"), "utf8"));
  const files = readdirSync(directory).filter((file) => NOTICE_FILE.test(file));
  const texts = files.sort().map((file) => readFileSync(join(directory, file), "utf8"));
  return { name, version, license, texts: texts.length > 0 ? texts : headersOf(directory) };
}

/** The distinct copyright comments at the beginning of the scripts of a package. */
function headersOf(directory: string): string[] {
  const scripts = readdirSync(directory, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".js"));
  const headers = scripts.sort().map((file) => {
    const text = readFileSync(join(directory, file), "utf8");
    const [comments = ""] = /^(?:\s*\/\/.*\n|\s*\/\*[\s\S]*?\*\/)*/.exec(text.replace(/^"use strict";\n/, "")) ?? [];
    return comments.includes("Copyright") ? comments : "";
  });
  return [...new Set(headers)].filter((header) => header !== "");
}

/** The text of all parts, by name. */
export function noticesOf(parts: readonly Part[]): string {
  const sections = [...parts]
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, version, license, texts }) => {
      const head = `${name} ${version} (${license})`;
      return [head, "-".repeat(head.length), "", ...texts.map((text) => `${trimmed(text)}\n`)].join("\n");
    });
  return [
    "memory_exporter contains third-party software under the licenses below. Its own license is Apache-2.0.\n",
    ...sections,
  ].join("\n");
}

function trimmed(text: string): string {
  return text
    .replaceAll("\r\n", "\n")
    .replace(/[ \t]+$/gm, "")
    .trim();
}

/** Name of the asset in the executable. */
export const NOTICES_ASSET = "third-party-notices";

/** Set by the build of the bundle. */
declare const THIRD_PARTY_NOTICES: string | undefined;

/** The notices of the running program: from its build, or from the installed packages when the sources are run. */
export async function thirdPartyNotices(tags: string): Promise<string> {
  if (tags === "sea") {
    const { getAsset } = await import("node:sea");
    return getAsset(NOTICES_ASSET, "utf8");
  }
  if (typeof THIRD_PARTY_NOTICES !== "undefined") return THIRD_PARTY_NOTICES;
  const root = join(import.meta.dirname, "../..");
  return noticesOf(dependenciesOf(root, root).map((name) => readPart(join(root, "node_modules", name))));
}

/** Names of all direct and indirect dependencies of a package. */
function dependenciesOf(root: string, directory: string): string[] {
  const { dependencies = {} } = JSON.parse(readFileSync(join(directory, "package.json"), "utf8"));
  const names = Object.keys(dependencies);
  return [...new Set(names.flatMap((name) => [name, ...dependenciesOf(root, join(root, "node_modules", name))]))];
}
