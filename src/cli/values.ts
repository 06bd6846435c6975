import { goDurationMs } from "../duration.ts";
import { didYouMean } from "../nearest.ts";
import { sizeBytes } from "../size.ts";

/** Readers of flag values. Each returns the value, or throws a ValueError with what was wanted. */

/** An invalid flag value. The message follows "found …, wanted"; `meant` follows the found value. */
export class ValueError extends Error {
  readonly meant: string;
  constructor(message: string, meant = "") {
    super(message);
    this.meant = meant;
  }
}

/** A Go duration (`500ms`, `5s`, `1m30s`) in milliseconds, from 1 ms to a day. */
export function positiveDuration(text: string): number {
  const milliseconds = goDurationMs(text);
  if (milliseconds === undefined || milliseconds < 1 || milliseconds > 86_400_000) {
    throw new ValueError("a duration from 1ms to 24h, like 500ms, 5s or 1m30s");
  }
  return milliseconds;
}

/** As positiveDuration, or 0. */
export function duration(text: string): number {
  if (/^0[a-z\u00b5]*$/.test(text)) return 0;
  try {
    return positiveDuration(text);
  } catch {
    throw new ValueError("0, or a duration from 1ms to 24h, like 500ms, 5s or 1m30s");
  }
}

/** A size (`65536`, `64KiB`, `1MiB`, `2MB`) in bytes, from 1 byte to 1 GiB. */
export function size(text: string): number {
  const bytes = sizeBytes(text);
  if (bytes === undefined || bytes < 1 || bytes > 2 ** 30)
    throw new ValueError("a size from 1B to 1GiB, like 64KiB or 1MiB");
  return bytes;
}

/** A whole number that isn't negative. */
export function count(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new ValueError("a whole number, 0 or more");
  return Number(text);
}

/** Seconds as a decimal number that isn't negative, to milliseconds. */
export function secondsToMs(text: string): number {
  if (!/^\d{1,6}(\.\d{1,9})?$/.test(text)) throw new ValueError("a number of seconds, 0 or more, like 0.5");
  return Number(text) * 1000;
}

/** A number above 0, without an exponent. */
export function positiveNumber(text: string): number {
  if (!/^\d{1,9}(\.\d{1,9})?$/.test(text) || Number(text) === 0) throw new ValueError("a number above 0, like 250");
  return Number(text);
}

/** A ratio between 0 and 1. */
export function ratio(text: string): number {
  if (!/^0\.\d{1,9}$/.test(text) || Number(text) === 0) throw new ValueError("a number between 0 and 1, like 0.9");
  return Number(text);
}

/** Label matchers in the syntax of PromQL, without braces. */
export function matchers(text: string): string {
  if (!/^[a-zA-Z_]\w*(?:=~|!~|!?=)"(?:[^"\\{}]|\\.)*"(?:,\s*[a-zA-Z_]\w*(?:=~|!~|!?=)"(?:[^"\\{}]|\\.)*")*$/.test(text))
    throw new ValueError('label matchers without braces, like job="memory",env!="test"');
  return text;
}

/** One of several words. `fold` ignores case. */
export function oneOf<const T extends string>(
  words: readonly T[],
  fold = false,
): ((text: string) => T) & { readonly choices: readonly T[] } {
  const read = (text: string) => {
    const found = words.find((word) => word === (fold ? text.toLowerCase() : text));
    if (found === undefined) throw new ValueError(`one of ${words.join(", ")}`, didYouMean(text, words));
    return found;
  };
  return Object.assign(read, { choices: words });
}

/** A text that isn't empty. */
export function nonEmpty(text: string): string {
  if (text === "") throw new ValueError("a value");
  return text;
}

/** An absolute path of characters that need no quoting. */
export function absolutePath(text: string): string {
  if (!/^(?:\/[A-Za-z0-9._~+@:,=-]+)+$/.test(text)) throw new ValueError("a path like /usr/bin/memory_exporter");
  return text;
}

/** Paths that the exporter uses itself, also with other flags. */
const TAKEN = /^\/(?:|-|probe|discovery|api|debug)(?:\/|$)/;

/** The path of the metrics. It must not be in use, and must have only one spelling. */
export function telemetryPath(text: string): string {
  if (!/^(?:\/[A-Za-z0-9._~+@:,=-]+)+$/.test(text) || /\/\.{1,2}(?:\/|$)/.test(text))
    throw new ValueError(
      "a path of ASCII letters, digits and any of ._~+@:,=- that begins with / and has a name, like /metrics",
    );
  if (TAKEN.test(text))
    throw new ValueError("a path that isn't taken (/, /-/, /probe, /discovery, /api/, /debug/), like /metrics");
  return text;
}

/** Prefixes of the exporter's own metrics. */
const OWN_PREFIXES = ["memory_exporter", "process", "nodejs", "promhttp"];

/** A prefix of metric names: ASCII letters, digits and underscores, different from the exporter's own prefixes. */
export function metricPrefix(text: string): string {
  if (!/^[a-zA-Z_][a-zA-Z0-9_]{0,99}$/.test(text)) {
    throw new ValueError("letters, digits and underscores, not beginning with a digit");
  }
  if (OWN_PREFIXES.some((own) => `${text}_`.startsWith(`${own}_`))) {
    throw new ValueError(`a prefix of its own: the exporter's own metrics begin with ${OWN_PREFIXES.join(", ")}`);
  }
  return text;
}

/** A name, an equals sign and a value. */
export function pair(wanted: string, names = /./s): (text: string) => readonly [string, string] {
  return (text) => {
    const [, name = "", value = ""] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
    if (!names.test(name)) throw new ValueError(wanted);
    return [name, value];
  };
}

/** A path with only one spelling. */
const PLAIN_PATH = /^(?:\/[A-Za-z0-9._~+@:,=-]+)*$/;

/** `--web.external-url` as in Prometheus: `http://host:port/path` or `/path`. A trailing slash is removed. */
export function externalUrl(text: string): { readonly origin: string; readonly path: string } {
  const [, origin, path = ""] = /^(https?:\/\/[^/?#@"'\s]+)?(\/[^?#]*)?$/i.exec(text) ?? [];
  const trimmed = path.replace(/\/+$/, "");
  if (text === "" || (origin === undefined && path === "") || !PLAIN_PATH.test(trimmed) || !isOrigin(origin))
    throw new ValueError("a URL like https://example.org/memory, without query, user and fragment");
  return { origin: origin ?? "", path: trimmed };
}

function isOrigin(origin: string | undefined): boolean {
  return origin === undefined || URL.canParse(origin);
}

/** `--web.route-prefix` as in Prometheus: `prom`, `/prom` and `/prom/` are the same, `/` is none. The result is empty or begins with a slash. */
export function routePrefix(text: string): string {
  const prefix = `/${text.replace(/^\/+|\/+$/g, "")}`;
  if (prefix === "/") return "";
  if (!PLAIN_PATH.test(prefix) || /\/\.{1,2}(?:\/|$)/.test(prefix))
    throw new ValueError("a path of ASCII letters, digits and any of ._~+@:,=-, like /memory");
  return prefix;
}
