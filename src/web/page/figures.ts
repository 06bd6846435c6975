/** The values that the page shows, whatever command they are from. */

/** In bytes, except swap_in and swap_out (pages per second), waiting and stalled (ratios of time). */
const FIGURES = [
  ...(["total", "used", "buffers", "cache", "free", "available", "swap_total", "swap_used"] as const),
  ...(["swap_in", "swap_out", "waiting", "stalled"] as const),
] as const;
export type Figure = (typeof FIGURES)[number];

export type Figures = { readonly [figure in Figure]?: number };

/** The value of a series without labels; undefined if there is none. */
export type Lookup = (name: string) => number | undefined;

/** Names of gauges, also those of node_exporter. */
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

/** Names of counters. The page shows their increase per second. */
const COUNTERS = {
  swap_in: ["memory_swapped_in_pages_total", "node_vmstat_pswpin"],
  swap_out: ["memory_swapped_out_pages_total", "node_vmstat_pswpout"],
  waiting: ["memory_pressure_waiting_seconds_total", "node_pressure_memory_waiting_seconds_total"],
  stalled: ["memory_pressure_stalled_seconds_total", "node_pressure_memory_stalled_seconds_total"],
} as const;

/** All series that figures are made of. The history always has room for them. */
export const SHOWN_NAMES: readonly string[] = [GAUGES, COUNTERS].flatMap((names) => Object.values(names).flat());

/** The gauges. Missing ones are calculated from others, as `free` does. */
export function gaugesOf(lookup: Lookup): Figures {
  const read = (name: keyof typeof GAUGES) => firstOf(GAUGES[name], lookup);
  const [total, free, available] = [read("total"), read("free"), read("available")];
  const [swapTotal, swapFree] = [read("swap_total"), read("swap_free")];
  return known({
    ...{ total, free, available, swap_total: swapTotal },
    used: read("used") ?? less(total, available ?? free),
    buffers: read("buffers"),
    cache: read("cache") ?? plus(read("pageCache"), read("slabs") ?? 0) ?? read("buffersAndCache"),
    swap_used: read("swap_used") ?? less(swapTotal, swapFree),
  });
}

/** Values of the counters, under the names of the figures. */
export function countersOf(lookup: Lookup): Figures {
  const read = (name: keyof typeof COUNTERS) => firstOf(COUNTERS[name], lookup);
  return known({
    swap_in: read("swap_in"),
    swap_out: read("swap_out"),
    waiting: read("waiting"),
    stalled: read("stalled"),
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
