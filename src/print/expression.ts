/** The series that expressions select. */
export type Scope = {
  /** Label matchers without braces: `job="memory"`. */
  readonly selector: string;
  /** Prefix of memory metrics. */
  readonly namespace: string;
};

/** Metric names in an expression, with their matchers. The exporter's own metrics don't have the user's prefix. */
const METRIC =
  /(?<![\w:])(?:memory_(?<own>exporter_)?|(?=up\b|process_|promhttp_))(?<rest>\w+)(?:\{(?<matchers>[^}]*)\})?/g;

/** Adds a scope to an expression such as `memory_free_bytes / memory_total_bytes` or `up == 0`. */
export function scoped(expression: string, { selector, namespace }: Scope): string {
  return expression.replace(METRIC, (found, own, rest, matchers) => {
    const prefix = !found.startsWith("memory_") ? "" : own === undefined ? `${namespace}_` : "memory_exporter_";
    return `${prefix}${rest}{${[selector, matchers].filter((one) => one !== undefined && one !== "").join(",")}}`;
  });
}

/** Available memory. If a command doesn't report it, the sum of free memory, buffers and cache is used. */
export const AVAILABLE = "(memory_available_bytes or memory_free_bytes + memory_buffers_bytes + memory_cache_bytes)";

/** The ratio of memory that isn't available. */
export const UTILISATION = `1 - ${AVAILABLE} / memory_total_bytes`;
