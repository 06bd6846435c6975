import { createHash } from "node:crypto";
import { gunzipSync, gzipSync } from "node:zlib";
import { acceptedEncoding } from "../../exposition/negotiate.ts";
import { type Answer, headerText, type Route, reading } from "../answer.ts";
import { ASSETS } from "./document.ts";

/** Set by the build: the files of the page, minified, gzipped and in base64. Undefined when the sources are run. */
declare const PAGE_ASSETS: Readonly<Record<string, string>> | undefined;

/** The files by name, and the files of this folder or a package that each is made of. build.ts uses this too. */
export const ASSET_FILES: Readonly<Record<string, readonly string[]>> = {
  "page.css": ["uplot/dist/uPlot.min.css", "./browser/page.css"],
  "page.js": ["./browser/page.js"],
  "charts.js": ["./browser/charts.js"],
  "morph.js": ["./browser/morph.js"],
  "scales.js": ["./browser/scales.js"],
  "units.js": ["./browser/units.js"],
  "uplot.js": ["uplot/dist/uPlot.esm.js"],
};

type Asset = { readonly gzip: Uint8Array; readonly etag: string };

/** Routes of the style sheet and the scripts. */
export function assetRoutes(): ReadonlyMap<string, Route> {
  const loaded = new Map<string, Promise<Asset>>();
  const assetOf = (name: string): Promise<Asset> => {
    const asset = loaded.get(name) ?? load(name);
    loaded.set(name, asset);
    return asset;
  };
  return new Map(
    Object.keys(ASSET_FILES).map((name) => {
      const route = reading(async (request) => {
        const { gzip, etag } = await assetOf(name);
        const encoding = acceptedEncoding(headerText(request, "accept-encoding"), ["identity", "gzip"]);
        const known = headerText(request, "if-none-match")?.split(/,\s*/) ?? [];
        return answerOf(name, gzip, encoding === "gzip", etag, known.includes(etag));
      });
      return [ASSETS + name, { ...route, name: ASSETS }];
    }),
  );
}

function answerOf(name: string, gzip: Uint8Array, compressed: boolean, etag: string, isKnown: boolean): Answer {
  const headers = {
    "Content-Type": `text/${name.endsWith(".css") ? "css" : "javascript"}; charset=utf-8`,
    // Revalidated by its ETag each time, since an upgrade of the exporter changes it.
    "Cache-Control": "no-cache",
    ETag: etag,
    Vary: "Accept-Encoding",
    "X-Content-Type-Options": "nosniff",
  };
  if (isKnown) return { status: 304, headers, body: "" };
  if (!compressed) return { status: 200, headers, body: gunzipSync(gzip) };
  return { status: 200, headers: { ...headers, "Content-Encoding": "gzip" }, body: gzip };
}

async function load(name: string): Promise<Asset> {
  const gzip = typeof PAGE_ASSETS === "undefined" ? await read(name) : Buffer.from(PAGE_ASSETS[name] ?? "", "base64");
  const digest = createHash("sha256").update(gzip).digest("base64url").slice(0, 16);
  return { gzip, etag: `"${digest}"` };
}

async function read(name: string): Promise<Uint8Array> {
  const { readFile } = await import("node:fs/promises");
  const urls = (ASSET_FILES[name] ?? []).map((file) => new URL(import.meta.resolve(file)));
  const texts = await Promise.all(urls.map((url) => readFile(url, "utf8")));
  return gzipSync(texts.join("\n"));
}
