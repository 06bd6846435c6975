/** Series over time, a sample a minute, as promtool writes them: `1x20`, `0+60x40`. All are of job memory, instance a, unless they say more. */
export type SeriesOf = Readonly<Record<string, string>>;

/** When an alert fires, what it then says, and when it doesn't. */
export type Case = {
  readonly severity?: "critical";
  /** Minutes after the start. */
  readonly at: number;
  readonly fires: SeriesOf;
  readonly says: string;
  /** Labels beside job, instance and severity; undefined takes one away. */
  readonly labels?: Readonly<Record<string, string | undefined>>;
  /** The same minute, each on a machine of its own, and nothing to tell. */
  readonly quiet: readonly SeriesOf[];
};

const FREE = '{command="free"}';
const LABELS = { command: "free" };
const SUCCESS = `memory_exporter_command_success${FREE}`;
const AGE = `memory_exporter_command_age_seconds${FREE}`;
const DURATION = `memory_exporter_command_duration_seconds${FREE}`;
const TIMEOUT = `memory_exporter_command_timeout_seconds${FREE}`;
const LAST = `memory_exporter_command_last_success_timestamp_seconds${FREE}`;
const ZRAM = (figure: string) => `memory_zram_${figure}_bytes{device="zram0"}`;
const runs = (outcome: string) => `memory_exporter_command_runs_total{command="free",outcome="${outcome}"}`;
/** On for four minutes, off for one, and on at every fifth minute. */
const flaps = (on: number, off: number) => Array.from({ length: 40 }, (_, i) => (i % 5 === 1 ? off : on)).join(" ");

/** Each alert, by name; with a severity behind it where there are two of the name. */
export const CASES: Readonly<Record<string, Case>> = {
  MemoryExporterDown: {
    severity: "critical",
    at: 5,
    fires: { up: "0x20", 'up{instance="b"}': "1x20" },
    says: "Prometheus could not scrape memory_exporter a for 5 minutes.",
    quiet: [{ up: "1x20" }, { up: flaps(0, 1) }, { up: "1 0x20" }, { 'up{job="other"}': "0x20", up: "1x20" }],
  },
  MemoryExporterAbsent: {
    severity: "critical",
    at: 10,
    fires: { 'up{job="other"}': "1x20" },
    labels: { instance: undefined },
    says: "Prometheus has had no target for memory_exporter for 10 minutes.",
    quiet: [],
  },
  MemoryCommandFailing: {
    at: 10,
    fires: { [SUCCESS]: "0x20", [AGE]: "3x20", [`${SUCCESS.slice(0, -1)},instance="b"}`]: "1x20" },
    labels: LABELS,
    says: "Command free on a has failed for 10 minutes. Its metrics are absent.",
    quiet: [
      { [SUCCESS]: "1x20", [AGE]: "0x20" },
      { [SUCCESS]: flaps(0, 1), [AGE]: "0x40" },
      // It is late.
      { [SUCCESS]: "0x20" },
    ],
  },
  MemoryCommandLate: {
    at: 10,
    fires: { [SUCCESS]: "0x20" },
    labels: LABELS,
    says: "Command free on a has not ended within the scrape timeout for 10 minutes. Its metrics are absent.",
    quiet: [
      { [SUCCESS]: "1x20", [AGE]: "0x20" },
      { [SUCCESS]: flaps(0, 1), [AGE]: "_ 0 _ _ _ _ 0 _ _ _ _" },
      // It fails.
      { [SUCCESS]: "0x20", [AGE]: "0x20" },
    ],
  },
  MemoryCommandSlow: {
    at: 30,
    fires: { [SUCCESS]: "1x40", [DURATION]: "4.5x40", [TIMEOUT]: "5x40" },
    labels: LABELS,
    says: "Command free on a takes 90% of its timeout.",
    quiet: [
      { [SUCCESS]: "1x40", [DURATION]: "1x20 5 5 1x20", [TIMEOUT]: "5x40" },
      // It fails.
      { [SUCCESS]: "0x40", [DURATION]: "5x40", [TIMEOUT]: "5x40" },
    ],
  },
  MemoryCommandOftenFails: {
    at: 80,
    fires: { [runs("ok")]: "0+3x90", [runs("timeout")]: "0+1x90", [runs("exit")]: "0x90" },
    labels: LABELS,
    says: "25% of the runs of command free on a failed in the last hour.",
    quiet: [
      { [runs("ok")]: "0+100x90", [runs("timeout")]: "0+1x90" },
      // It always fails.
      { [runs("ok")]: "0x90", [runs("timeout")]: "0+1x90" },
      // Nobody asks.
      { [runs("ok")]: "5x90", [runs("timeout")]: "5x90" },
    ],
  },
  MemoryCommandUnkillable: {
    severity: "critical",
    at: 20,
    fires: { [runs("unkillable")]: "0x10 1x20", [runs("ok")]: "0+1x30" },
    labels: LABELS,
    says: "Command free on a has hung in the kernel within the last hour. It does not run again until it is gone.",
    quiet: [{ [runs("unkillable")]: "3x30" }, { [runs("timeout")]: "0+1x30", [runs("unkillable")]: "0x30" }],
  },
  MemoryFileFailing: {
    at: 10,
    fires: { 'memory_exporter_file_success{command="text",file="/a.prom"}': "0x20" },
    labels: { command: "text", file: "/a.prom" },
    says: "File /a.prom of command text on a could not be read or parsed for 10 minutes.",
    quiet: [
      { 'memory_exporter_file_success{command="text",file="/a.prom"}': "1x20" },
      { 'memory_exporter_file_success{command="text",file="/a.prom"}': flaps(1, 0) },
    ],
  },
  MemoryResultsStale: {
    at: 21,
    fires: { [SUCCESS]: "1x30", [LAST]: "0x30" },
    labels: LABELS,
    says: "The last result of command free on a is 21m 0s old.",
    quiet: [
      { [SUCCESS]: "1x30", [LAST]: "0+60x30" },
      { [SUCCESS]: "1x30", [LAST]: "0x10 600x30" },
      // It fails.
      { [SUCCESS]: "0x30", [LAST]: "0x30" },
    ],
  },
  MemoryExporterZombies: {
    at: 15,
    fires: { memory_exporter_zombie_processes: "2x20" },
    says: "memory_exporter on a has had 2 zombie processes for 15 minutes.",
    quiet: [{ memory_exporter_zombie_processes: "0x20" }, { memory_exporter_zombie_processes: flaps(1, 0) }],
  },
  MemoryExporterReloadFailed: {
    at: 10,
    fires: { memory_exporter_config_last_reload_successful: "0x20" },
    says: "memory_exporter on a runs with its previous configuration, since the new one is invalid.",
    quiet: [{ memory_exporter_config_last_reload_successful: "1x20" }],
  },
  "MemoryNearlyUsedUp warning": {
    at: 15,
    fires: { memory_total_bytes: "100x20", memory_available_bytes: "8x20" },
    says: "92% of the memory on a is used.",
    quiet: [
      { memory_total_bytes: "100x20", memory_available_bytes: "20x20" },
      { memory_total_bytes: "100x20", memory_available_bytes: flaps(8, 20) },
      {
        memory_total_bytes: "100x20",
        memory_free_bytes: "2x20",
        memory_buffers_bytes: "1x20",
        memory_cache_bytes: "40x20",
      },
    ],
  },
  "MemoryNearlyUsedUp critical": {
    severity: "critical",
    at: 5,
    // An old free, which doesn't print what is available.
    fires: {
      memory_total_bytes: "100x20",
      memory_free_bytes: "1x20",
      memory_buffers_bytes: "1x20",
      memory_cache_bytes: "2x20",
    },
    says: "96% of the memory on a is used.",
    quiet: [
      { memory_total_bytes: "100x20", memory_available_bytes: "8x20" },
      { memory_total_bytes: "100x20", memory_available_bytes: "8 8 8 4x20" },
    ],
  },
  MemoryRunsOutSoon: {
    at: 100,
    fires: { memory_total_bytes: "100x120", memory_available_bytes: "50-0.25x120" },
    says: "At the rate of the last hour, the memory on a will run out within 4 hours.",
    quiet: [
      { memory_total_bytes: "100x120", memory_available_bytes: "30x120" },
      // Fast, but there is much.
      { memory_total_bytes: "100x120", memory_available_bytes: "95-0.5x120" },
      { memory_total_bytes: "100x120", memory_available_bytes: "35-0.01x120" },
    ],
  },
  "MemoryPressure warning": {
    at: 20,
    fires: { memory_pressure_waiting_seconds_total: "0+12x30" },
    says: "At least one task on a waits for memory 20% of the time.",
    quiet: [
      { memory_pressure_waiting_seconds_total: "0+3x30" },
      { memory_pressure_waiting_seconds_total: "0x10 30x3 30x20" },
    ],
  },
  "MemoryPressure critical": {
    severity: "critical",
    at: 20,
    fires: { memory_pressure_stalled_seconds_total: "0+6x30" },
    says: "Every non-idle task on a waits for memory 10% of the time.",
    quiet: [{ memory_pressure_waiting_seconds_total: "0+3x30", memory_pressure_stalled_seconds_total: "0+1x30" }],
  },
  MemorySwapping: {
    at: 25,
    fires: { memory_swapped_in_pages_total: "0+30000x40", memory_swapped_out_pages_total: "0+60000x40" },
    says: "500 pages per second on a are read from swap while others are written to it.",
    quiet: [
      { memory_swapped_in_pages_total: "0x40", memory_swapped_out_pages_total: "0+60000x40" },
      { memory_swapped_in_pages_total: "0+60000x40", memory_swapped_out_pages_total: "0x40" },
      { memory_swapped_in_pages_total: "0+600x40", memory_swapped_out_pages_total: "0+600x40" },
    ],
  },
  MemoryOomKills: {
    at: 20,
    fires: { memory_oom_kills_total: "3x18 4x20" },
    says: "The OOM killer on a has killed processes within the last 15 minutes.",
    quiet: [{ memory_oom_kills_total: "7x40" }, { memory_oom_kills_total: "3x2 4x40" }],
  },
  MemoryZramFull: {
    at: 15,
    fires: { [ZRAM("data")]: "95x20", [ZRAM("disksize")]: "100x20" },
    labels: { device: "zram0" },
    says: "The zram device zram0 on a is 95% full.",
    quiet: [
      { [ZRAM("data")]: "50x20", [ZRAM("disksize")]: "100x20" },
      // No limit.
      { [ZRAM("data")]: "5x20", [ZRAM("disksize")]: "100x20", [ZRAM("total")]: "95x20", [ZRAM("limit")]: "0x20" },
    ],
  },
  "MemoryZramFull by its limit": {
    at: 15,
    fires: { [ZRAM("data")]: "5x20", [ZRAM("disksize")]: "100x20", [ZRAM("total")]: "19x20", [ZRAM("limit")]: "20x20" },
    labels: { device: "zram0" },
    says: "The zram device zram0 on a is 95% full.",
    quiet: [
      { [ZRAM("data")]: "5x20", [ZRAM("disksize")]: "100x20", [ZRAM("total")]: "9x20", [ZRAM("limit")]: "20x20" },
    ],
  },
};
