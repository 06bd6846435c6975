/** Negotiation of format and compression. Takes linear time in the length of the header. */

import type { Escaping } from "./names.ts";

const ESCAPING_SCHEMES: readonly Escaping[] = ["allow-utf-8", "underscores", "dots", "values"];

/** One element of Accept or Accept-Encoding. `value` and the names of parameters are in lower case. */
type Clause = { readonly value: string; readonly quality: number; readonly parameters: ReadonlyMap<string, string> };

/** The result of an Accept header. */
export type Negotiated = {
  readonly format: "text" | "openmetrics";
  readonly contentType: string;
  /** How names are escaped. */
  readonly escaping: Escaping;
};

/**
 * Negotiates the format as `expfmt.NegotiateIncludingOpenMetrics` of prometheus/common 0.70 does: the first clause by q with a
 * known format and version is chosen. Without one, and for a wildcard, it is text 0.0.4, so there is never a 406. For OpenMetrics
 * 0.0.1, the text of 1.0.0 is served. Clauses with q=0 or an invalid q are ignored. Each clause up to the chosen one may set the
 * escaping scheme.
 */
export function negotiate(accept: string | undefined): Negotiated {
  let escaping: Escaping = "underscores";
  const accepted = clausesOf(accept).filter((clause) => clause.quality > 0);
  for (const { value, parameters } of accepted.sort((a, b) => b.quality - a.quality)) {
    escaping = ESCAPING_SCHEMES.find((scheme) => scheme === parameters.get("escaping")) ?? escaping;
    const version = parameters.get("version") ?? "";
    if (value === "text/plain" && ["", "0.0.4"].includes(version)) break;
    if (value === "application/openmetrics-text" && ["", "0.0.1", "1.0.0"].includes(version)) {
      const contentType = `${value}; version=${version || "0.0.1"}; charset=utf-8; escaping=${escaping}`;
      return { format: "openmetrics", contentType, escaping };
    }
  }
  return { format: "text", contentType: `text/plain; version=0.0.4; charset=utf-8; escaping=${escaping}`, escaping };
}

export type Encoding = "identity" | "gzip" | "zstd";

/**
 * Negotiates the compression: the highest q, and among equal ones the first that is offered. `*` applies to encodings that aren't
 * named (RFC 9110, 12.5.3). If none is acceptable, the result is identity.
 */
export function acceptedEncoding(acceptEncoding: string | undefined, offered: readonly Encoding[]): Encoding {
  const qualities = new Map<string, number>();
  for (const { value, quality } of clausesOf(acceptEncoding)) {
    qualities.set(value, Math.max(quality, qualities.get(value) ?? 0));
  }
  let best: Encoding = "identity";
  let bestQuality = 0;
  for (const encoding of offered) {
    const quality = qualities.get(encoding) ?? qualities.get("*") ?? 0;
    if (quality > bestQuality) {
      best = encoding;
      bestQuality = quality;
    }
  }
  return best;
}

function clausesOf(header: string | undefined): Clause[] {
  const clauses: Clause[] = [];
  for (const element of header?.split(",") ?? []) {
    const [value = "", ...rest] = element.split(";");
    const parameters = new Map<string, string>();
    for (const parameter of rest) {
      const equals = parameter.indexOf("=");
      if (equals > 0)
        parameters.set(parameter.slice(0, equals).trim().toLowerCase(), unquote(parameter.slice(equals + 1)));
    }
    const quality = qualityOf(parameters.get("q"));
    if (quality !== undefined) clauses.push({ value: value.trim().toLowerCase(), quality, parameters });
  }
  return clauses;
}

function qualityOf(text: string | undefined): number | undefined {
  if (text === undefined) return 1;
  return /^(0?\.\d+|0\.?|1(\.0*)?)$/.test(text) ? Number(text) : undefined;
}

function unquote(text: string): string {
  const value = text.trim();
  return value.length >= 2 && value.startsWith('"') && value.endsWith('"') ? value.slice(1, -1) : value;
}
