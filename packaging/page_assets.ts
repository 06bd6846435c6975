import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { transform } from "esbuild";
import { ASSET_FILES } from "../src/web/page/assets.ts";

const FOLDER = join(import.meta.dirname, "../src/web/page");
const require = createRequire(import.meta.url);

function read(file: string): string {
  return readFileSync(file.startsWith("./") ? join(FOLDER, file) : require.resolve(file), "utf8");
}

/** The files of the live page for src/web/page/assets.ts: minified, gzipped, in base64. */
export async function pageAssets(): Promise<Record<string, string>> {
  const minify = async (name: string, files: readonly string[]) => {
    const loader = name.endsWith(".css") ? "css" : "js";
    const { code } = await transform(files.map(read).join("\n"), { loader, minify: true, charset: "utf8" });
    return [name, gzipSync(code, { level: 9 }).toString("base64")] as const;
  };
  return Object.fromEntries(await Promise.all(Object.entries(ASSET_FILES).map(([name, files]) => minify(name, files))));
}

/** The packages in these files. */
export const PAGE_PACKAGES: readonly string[] = ["node_modules/uplot"];
