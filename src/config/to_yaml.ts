import { stringify } from "yaml";

/** A value as YAML. No line is broken, so that an expression stays as it was written. */
export function toYaml(value: unknown): string {
  return stringify(value, { lineWidth: 0 });
}
