/** Which series expressions are about. */
export type Scope = {
  /** Matchers of labels, as they stand between braces: `job="memory"`. */
  readonly selector: string;
  /** What the names of memory metrics begin with. */
  readonly namespace: string;
};

/** Names of metrics in an expression, with matchers that they have already. The exporter's own aren't in the user's namespace. */
const METRIC =
  /(?<![\w:])(?:memory_(?<own>exporter_)?|(?=up\b|process_|promhttp_))(?<rest>\w+)(?:\{(?<matchers>[^}]*)\})?/g;

/** An expression about the series of a scope. It is written without: `memory_free_bytes / memory_total_bytes`, `up == 0`. */
export function scoped(expression: string, { selector, namespace }: Scope): string {
  return expression.replace(METRIC, (found, own, rest, matchers) => {
    const prefix = !found.startsWith("memory_") ? "" : own === undefined ? `${namespace}_` : "memory_exporter_";
    return `${prefix}${rest}{${[selector, matchers].filter((one) => one !== undefined && one !== "").join(",")}}`;
  });
}

/** Memory that programs can have without swapping. Where a command doesn't tell it, what is free or cache stands for it. */
export const AVAILABLE = "(memory_available_bytes or memory_free_bytes + memory_buffers_bytes + memory_cache_bytes)";

/** The share of memory that isn't available, 0 to 1. */
export const UTILISATION = `1 - ${AVAILABLE} / memory_total_bytes`;
