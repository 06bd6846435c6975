import { stringify } from "yaml";

/** A value as YAML. Lines aren't wrapped, so that expressions stay on one line. */
export function toYaml(value: unknown): string {
  return stringify(value, { lineWidth: 0 });
}
