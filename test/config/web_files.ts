import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createTextReader } from "../../src/config/file.ts";
import { formatProblem } from "../../src/config/problem.ts";
import { checkWebConfig, parseWebConfig, type WebConfig } from "../../src/config/web_config.ts";

/** Where the web configuration of a test lies; gone when the test ends. */
export const directory = mkdtempSync(join(tmpdir(), "memory_exporter-web-config-"));
process.once("exit", () => rmSync(directory, { recursive: true }));

const file = join(directory, "web.yml");

/** A hash of nobody's password. */
export const HASH = "$2y$04$fdsTT5dYgV8jBCbpgPNN4u5w1Nx2kqxEWqXK3ZZk2ZCBxpFTmV7aC";

/** Writes a web configuration, with `HASH` for the hash above. */
export function write(text: string): string {
  writeFileSync(file, text.replaceAll("HASH", HASH));
  return file;
}

/** All that is wrong with it, without the name of the directory. */
export async function problems(text: string): Promise<string[]> {
  const checked = await checkWebConfig(write(text), createTextReader());
  if (checked.kind === "ok") return [];
  return checked.problems.map((problem) => formatProblem(problem).replaceAll(`${directory}/`, ""));
}

/** What it means. */
export function config(text: string): WebConfig {
  const checked = parseWebConfig(text.replaceAll("HASH", HASH), file);
  if (checked.kind === "bad") throw new Error(checked.problems.map(formatProblem).join("\n"));
  return checked.value;
}
