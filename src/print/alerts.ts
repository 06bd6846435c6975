import { AVAILABLE, UTILISATION } from "./expression.ts";

type Ratio = "used" | "usedCritical" | "waiting" | "stalled" | "zram" | "failed" | "slow";

/** Thresholds of alerts, each of which is a flag. Ratios are from 0 to 1. */
export type Thresholds = Readonly<Record<`${Ratio}Ratio` | "runsOutMs" | "swappedPages" | "staleMs", number>>;

/** An alert. Its expression has no scope yet. Alerts of the same name differ in severity. */
export type Alert = {
  readonly name: string;
  readonly severity: "warning" | "critical";
  readonly expression: string;
  /** The `for` of the alert; undefined if the expression has a window of its own. */
  readonly pending?: string;
  readonly summary: string;
  readonly description: string;
};

const WHERE = "on {{ $labels.instance }}";
const COMMAND = `Command {{ $labels.command }} ${WHERE}`;
const PERCENT = "{{ $value | humanizePercentage }}";

/** Alerts about the exporter and the commands that it runs. */
function exporterAlerts({ failedRatio, slowRatio, staleMs }: Thresholds): readonly Alert[] {
  const runs = "memory_exporter_command_runs_total";
  const per = "sum without (outcome)";
  return [
    {
      name: "MemoryExporterDown",
      severity: "critical",
      expression: "up == 0",
      pending: "5m",
      summary: "memory_exporter can't be scraped.",
      description: "Prometheus could not scrape memory_exporter {{ $labels.instance }} for 5 minutes.",
    },
    {
      name: "MemoryExporterAbsent",
      severity: "critical",
      expression: "absent(up)",
      pending: "10m",
      summary: "No memory_exporter is known to Prometheus.",
      description: "Prometheus has had no target for memory_exporter for 10 minutes.",
    },
    {
      name: "MemoryCommandFailing",
      severity: "warning",
      expression: "memory_exporter_command_success == 0 and memory_exporter_command_age_seconds",
      pending: "10m",
      summary: "A memory command fails.",
      description: `${COMMAND} has failed for 10 minutes. Its metrics are absent.`,
    },
    {
      name: "MemoryCommandLate",
      severity: "warning",
      // While a run continues, there is no age.
      expression: "memory_exporter_command_success == 0 unless memory_exporter_command_age_seconds",
      pending: "10m",
      summary: "A memory command is too slow for the scrape.",
      description: `${COMMAND} has not ended within the scrape timeout for 10 minutes. Its metrics are absent.`,
    },
    {
      name: "MemoryCommandSlow",
      severity: "warning",
      expression: `avg_over_time(memory_exporter_command_duration_seconds[15m])
  / memory_exporter_command_timeout_seconds > ${slowRatio}
and memory_exporter_command_success == 1`,
      pending: "15m",
      summary: "A memory command is close to its timeout.",
      description: `${COMMAND} takes ${PERCENT} of its timeout.`,
    },
    {
      name: "MemoryCommandOftenFails",
      severity: "warning",
      // Commands that always fail are covered by MemoryCommandFailing.
      expression: `${per} (increase(${runs}{outcome!="ok"}[1h])) / ${per} (increase(${runs}[1h])) > ${failedRatio} < 1`,
      pending: "15m",
      summary: "A memory command fails repeatedly.",
      description: `${PERCENT} of the runs of command {{ $labels.command }} ${WHERE} failed in the last hour.`,
    },
    {
      name: "MemoryCommandUnkillable",
      severity: "critical",
      expression: `sum without (outcome) (increase(${runs}{outcome="unkillable"}[1h])) > 0`,
      pending: "5m",
      summary: "A memory command can't be killed.",
      description: `${COMMAND} has hung in the kernel within the last hour. It does not run again until it is gone.`,
    },
    {
      name: "MemoryFileFailing",
      severity: "warning",
      expression: "memory_exporter_file_success == 0",
      pending: "10m",
      summary: "A file of metrics can't be read.",
      description: `File {{ $labels.file }} of command {{ $labels.command }} ${WHERE} could not be read or parsed for 10 minutes.`,
    },
    {
      name: "MemoryResultsStale",
      severity: "warning",
      expression: `time() - memory_exporter_command_last_success_timestamp_seconds > ${staleMs / 1000}
and memory_exporter_command_success == 1`,
      pending: "5m",
      summary: "Memory metrics are old.",
      description: `The last result of command {{ $labels.command }} ${WHERE} is {{ $value | humanizeDuration }} old.`,
    },
    {
      name: "MemoryExporterZombies",
      severity: "warning",
      expression: "memory_exporter_zombie_processes > 0",
      pending: "15m",
      summary: "memory_exporter has zombie processes.",
      description: `memory_exporter ${WHERE} has had {{ $value }} zombie processes for 15 minutes.`,
    },
    {
      name: "MemoryExporterReloadFailed",
      severity: "warning",
      expression: "memory_exporter_config_last_reload_successful == 0",
      pending: "10m",
      summary: "memory_exporter could not reload its configuration.",
      description: `memory_exporter ${WHERE} runs with its previous configuration, since the new one is invalid.`,
    },
  ];
}

/** Predictions are only used below this ratio of available memory, since memory always fills up after a start. */
const TREND_BELOW_RATIO = 0.4;

/** Alerts about the memory of machines. */
function memoryAlerts(thresholds: Thresholds): readonly Alert[] {
  const { usedRatio, usedCriticalRatio, runsOutMs, waitingRatio, stalledRatio, swappedPages, zramRatio } = thresholds;
  const used = (severity: Alert["severity"], ratio: number, pending: string): Alert => ({
    name: "MemoryNearlyUsedUp",
    severity,
    expression: `${UTILISATION} > ${ratio}`,
    pending,
    summary: "Memory is nearly used up.",
    description: `${PERCENT} of the memory ${WHERE} is used.`,
  });
  const pressure = (severity: Alert["severity"], kind: string, who: string, ratio: number): Alert => ({
    name: "MemoryPressure",
    severity,
    expression: `rate(memory_pressure_${kind}_seconds_total[5m]) > ${ratio}`,
    pending: "10m",
    summary: "Programs wait for memory.",
    description: `${who} ${WHERE} waits for memory ${PERCENT} of the time.`,
  });
  return [
    used("warning", usedRatio, "15m"),
    used("critical", usedCriticalRatio, "5m"),
    {
      name: "MemoryRunsOutSoon",
      severity: "warning",
      expression: `predict_linear(memory_available_bytes[1h], ${runsOutMs / 1000}) < 0
and ${AVAILABLE} / memory_total_bytes < ${TREND_BELOW_RATIO}`,
      pending: "30m",
      summary: "Memory will soon run out.",
      description: `At the rate of the last hour, the memory ${WHERE} will run out within ${runsOutMs / 3_600_000} hours.`,
    },
    pressure("warning", "waiting", "At least one task", waitingRatio),
    pressure("critical", "stalled", "Every non-idle task", stalledRatio),
    {
      name: "MemorySwapping",
      severity: "warning",
      expression: `rate(memory_swapped_in_pages_total[5m]) > ${swappedPages}
and rate(memory_swapped_out_pages_total[5m]) > ${swappedPages}`,
      pending: "15m",
      summary: "Memory is continuously swapped in and out.",
      description: `{{ $value | humanize }} pages per second ${WHERE} are read from swap while others are written to it.`,
    },
    {
      name: "MemoryOomKills",
      severity: "warning",
      expression: "increase(memory_oom_kills_total[15m]) > 0",
      summary: "The kernel has killed processes because memory ran out.",
      description: `The OOM killer ${WHERE} has killed processes within the last 15 minutes.`,
    },
    {
      name: "MemoryZramFull",
      severity: "warning",
      expression: `memory_zram_data_bytes / memory_zram_disksize_bytes > ${zramRatio}
or memory_zram_total_bytes / (memory_zram_limit_bytes > 0) > ${zramRatio}`,
      pending: "15m",
      summary: "A compressed swap device is full.",
      description: `The zram device {{ $labels.device }} ${WHERE} is ${PERCENT} full.`,
    },
  ];
}

/** The alerts by group. */
export function alerts(thresholds: Thresholds): Readonly<Record<string, readonly Alert[]>> {
  return { "memory-exporter": exporterAlerts(thresholds), memory: memoryAlerts(thresholds) };
}
