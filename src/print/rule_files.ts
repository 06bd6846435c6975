import { toYaml } from "../config/to_yaml.ts";
import { alerts, type Thresholds } from "./alerts.ts";
import { type Scope, scoped } from "./expression.ts";
import { RECORDING_RULES } from "./recording_rules.ts";

/** Rule files for Prometheus. */

/** All alerts of a scope. `runbook` is the URL of the page with the runbooks. */
export function alertFile(thresholds: Thresholds, scope: Scope, runbook: string): string {
  const groups = Object.entries(alerts(thresholds)).map(([name, list]) => ({
    name,
    rules: list.map(({ name: alert, severity, expression, pending, summary, description }) => ({
      alert,
      expr: scoped(expression, scope),
      ...(pending !== undefined && { for: pending }),
      labels: { severity },
      annotations: { summary, description, runbook_url: `${runbook}#${alert.toLowerCase()}` },
    })),
  }));
  return toYaml({ groups });
}

/** All recording rules of a scope. */
export function recordingRuleFile(scope: Scope): string {
  const rules = Object.entries(RECORDING_RULES).map(([record, expression]) => ({
    record,
    expr: scoped(expression, scope),
  }));
  return toYaml({ groups: [{ name: "memory-recording", rules }] });
}
