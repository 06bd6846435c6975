import { AVAILABLE, UTILISATION } from "./expression.ts";

/** Recording rules for the dashboards and alerts of many machines, named level:metric:operations. Expressions have no scope yet. */
export const RECORDING_RULES: Readonly<Record<string, string>> = {
  "instance:memory_utilisation:ratio": UTILISATION,
  "instance:memory_swap_utilisation:ratio": "memory_swap_used_bytes / (memory_swap_total_bytes > 0)",
  "instance:memory_swapped_pages:rate5m":
    "rate(memory_swapped_in_pages_total[5m]) + rate(memory_swapped_out_pages_total[5m])",
  "instance:memory_major_page_faults:rate5m": "rate(memory_major_page_faults_total[5m])",
  "instance:memory_pressure_waiting:rate5m": "rate(memory_pressure_waiting_seconds_total[5m])",
  "instance:memory_pressure_stalled:rate5m": "rate(memory_pressure_stalled_seconds_total[5m])",
  "job:memory_total_bytes:sum": "sum by (job) (memory_total_bytes)",
  "job:memory_available_bytes:sum": `sum by (job) ${AVAILABLE}`,
  "job:memory_utilisation:ratio": `1 - sum by (job) ${AVAILABLE} / sum by (job) (memory_total_bytes)`,
  "job_command:memory_exporter_command_runs:rate5m":
    "sum by (job, command, outcome) (rate(memory_exporter_command_runs_total[5m]))",
};
