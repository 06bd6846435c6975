import type { Runtime } from "node:inspector";
import type { SourceMap } from "node:module";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";

/** A function and its source location. */
export type Place = {
  readonly name: string;
  /** Path of its file, or the URL that V8 reports; empty for functions of V8. */
  readonly file: string;
  /** 1-based line where it begins; 0 without a file. */
  readonly line: number;
  readonly column: number;
};

/** The bundle as build.ts names it, also within the executable. */
const BUNDLE = /(?:^|\/)memory_exporter\.[cm]js$/;

/**
 * Finds the source locations of frames. For the bundle they are from its source map; without it (a bundle that was copied alone)
 * they are those of the bundle.
 */
export async function createPlaces(frames: Iterable<Runtime.CallFrame>): Promise<(frame: Runtime.CallFrame) => Place> {
  const bundle = [...frames].find((frame) => BUNDLE.test(frame.url))?.url;
  const map = bundle === undefined ? undefined : await readSourceMap(bundle);
  return (frame) => named((map && frame.url === bundle ? originOf(frame, map) : undefined) ?? ownOf(frame));
}

/** The source map of the bundle, an asset in the executable; undefined if it is missing. */
async function readSourceMap(url: string): Promise<SourceMap | undefined> {
  try {
    const text = url.startsWith("file:") ? await readFileText(fileURLToPath(`${url}.map`)) : await readAsset(url);
    const { SourceMap } = await import("node:module");
    return new SourceMap(JSON.parse(text));
  } catch {
    return undefined;
  }
}

async function readFileText(path: string): Promise<string> {
  const { readFile } = await import("node:fs/promises");
  return readFile(path, "utf8");
}

async function readAsset(url: string): Promise<string> {
  const { getAsset } = await import("node:sea");
  return getAsset(`${basename(url)}.map`, "utf8");
}

function ownOf({ functionName, url, lineNumber, columnNumber }: Runtime.CallFrame): Place {
  const file = url.startsWith("file:") ? fileURLToPath(url) : url;
  return { name: functionName, file, line: lineNumber + 1, column: columnNumber + 1 };
}

function originOf({ functionName, lineNumber, columnNumber }: Runtime.CallFrame, map: SourceMap): Place | undefined {
  const entry = map.findEntry(lineNumber, columnNumber);
  if (!("originalSource" in entry)) return undefined;
  const { originalSource, originalLine, originalColumn } = entry;
  const name = "name" in entry && typeof entry.name === "string" ? entry.name : "";
  // If two functions have the same name, the bundle calls the second one `read2`.
  const isRenamed = name !== "" && functionName.startsWith(name) && /^\d+$/.test(functionName.slice(name.length));
  const file = originalSource.replace(/^(?:\.\.\/)+/, "");
  return { name: isRenamed ? name : functionName, file, line: originalLine + 1, column: originalColumn + 1 };
}

/** pprof merges functions of the same name, so anonymous functions are named by their location. */
function named(place: Place): Place {
  if (place.name !== "") return place;
  return { ...place, name: place.file === "" ? "(anonymous)" : `(anonymous ${basename(place.file)}:${place.line})` };
}
