/** What is known of a machine's memory, by whatever command told it. */

/** Bytes, but for pages per second (swap in, swap out) and shares of time (waiting, stalled: the pressure). */
const FIGURES = [
  ...(["total", "used", "buffers", "cache", "free", "available", "swap_total", "swap_used"] as const),
  ...(["swap_in", "swap_out", "waiting", "stalled"] as const),
] as const;
export type Figure = (typeof FIGURES)[number];

export type Figures = { readonly [figure in Figure]?: number };

/** The value of a series without labels, undefined where there is none. */
export type Lookup = (name: string) => number | undefined;

/** Gauges under their names and under those of node_exporter. */
const GAUGES = {
  total: ["memory_total_bytes", "node_memory_MemTotal_bytes"],
  used: ["memory_used_bytes"],
  buffers: ["memory_buffers_bytes", "node_memory_Buffers_bytes"],
  cache: ["memory_cache_bytes"],
  pageCache: ["node_memory_Cached_bytes"],
  slabs: ["node_memory_SReclaimable_bytes"],
  buffersAndCache: ["memory_buff_cache_bytes"],
  free: ["memory_free_bytes", "node_memory_MemFree_bytes"],
  available: ["memory_available_bytes", "node_memory_MemAvailable_bytes"],
  swap_total: ["memory_swap_total_bytes", "node_memory_SwapTotal_bytes"],
  swap_used: ["memory_swap_used_bytes"],
  swap_free: ["memory_swap_free_bytes", "node_memory_SwapFree_bytes"],
} as const;

/** Counters: what is shown is how much they grow in a second. */
const COUNTERS = {
  swap_in: ["memory_swapped_in_pages_total", "node_vmstat_pswpin"],
  swap_out: ["memory_swapped_out_pages_total", "node_vmstat_pswpout"],
  waiting: ["memory_pressure_waiting_seconds_total", "node_pressure_memory_waiting_seconds_total"],
  stalled: ["memory_pressure_stalled_seconds_total", "node_pressure_memory_stalled_seconds_total"],
} as const;

/** Every series that a figure is made of: the history always has a place for them. */
export const SHOWN_NAMES: readonly string[] = [GAUGES, COUNTERS].flatMap((names) => Object.values(names).flat());

/** What is in use. What a command doesn't tell follows from what it tells, as `free` has it. */
export function gaugesOf(lookup: Lookup): Figures {
  const told = (name: keyof typeof GAUGES) => firstOf(GAUGES[name], lookup);
  const [total, free, available] = [told("total"), told("free"), told("available")];
  const [swapTotal, swapFree] = [told("swap_total"), told("swap_free")];
  return known({
    ...{ total, free, available, swap_total: swapTotal },
    used: told("used") ?? less(total, available ?? free),
    buffers: told("buffers"),
    cache: told("cache") ?? plus(told("pageCache"), told("slabs") ?? 0) ?? told("buffersAndCache"),
    swap_used: told("swap_used") ?? less(swapTotal, swapFree),
  });
}

/** The counters as they are, under the names of the figures that are their growth. */
export function countersOf(lookup: Lookup): Figures {
  const told = (name: keyof typeof COUNTERS) => firstOf(COUNTERS[name], lookup);
  return known({
    swap_in: told("swap_in"),
    swap_out: told("swap_out"),
    waiting: told("waiting"),
    stalled: told("stalled"),
  });
}

function firstOf(names: readonly string[], lookup: Lookup): number | undefined {
  for (const name of names) {
    const value = lookup(name);
    if (value !== undefined) return value;
  }
  return undefined;
}

function less(whole: number | undefined, part: number | undefined): number | undefined {
  return whole !== undefined && part !== undefined && part <= whole ? whole - part : undefined;
}

function plus(one: number | undefined, other: number): number | undefined {
  return one === undefined ? undefined : one + other;
}

function known(figures: { readonly [figure in Figure]?: number | undefined }): Figures {
  const found: { [figure in Figure]?: number } = {};
  for (const figure of FIGURES) if (figures[figure] !== undefined) found[figure] = figures[figure];
  return found;
}
