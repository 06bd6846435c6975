/**
 * The 25 panels about memory of the dashboard "Node Exporter Full" (1860 on grafana.com), and its one about pressure: what each asks
 * for, written anew: `NAME` is a gauge, `NAME/s` the rate of a counter. And what the alerts and rules of node-mixin ask for.
 */
export const PANELS: Readonly<Record<string, readonly string[]>> = {
  "RAM Used": ["1 - MemAvailable_bytes / MemTotal_bytes"],
  "SWAP Used": ["SwapTotal_bytes - SwapFree_bytes"],
  "RAM Total": ["MemTotal_bytes"],
  "SWAP Total": ["SwapTotal_bytes"],
  "Memory Basic": [
    ...["MemTotal_bytes", "MemTotal_bytes - MemFree_bytes - (Cached_bytes + Buffers_bytes + SReclaimable_bytes)"],
    ...["Cached_bytes + Buffers_bytes + SReclaimable_bytes", "MemFree_bytes", "SwapTotal_bytes - SwapFree_bytes"],
  ],
  "Memory Stack": [
    "MemTotal_bytes - MemFree_bytes - Buffers_bytes - Cached_bytes - Slab_bytes - PageTables_bytes - SwapCached_bytes",
    ...["PageTables_bytes", "SwapCached_bytes", "Slab_bytes", "Cached_bytes", "Buffers_bytes", "MemFree_bytes"],
    ...["SwapTotal_bytes - SwapFree_bytes", "HardwareCorrupted_bytes"],
  ],
  "Memory Active / Inactive": ["Inactive_bytes", "Active_bytes"],
  "Memory Committed": ["Committed_AS_bytes", "CommitLimit_bytes"],
  "Memory Active / Inactive Detail": [
    ...["Inactive_file_bytes", "Inactive_anon_bytes", "Active_file_bytes", "Active_anon_bytes"],
  ],
  "Memory Writeback and Dirty": ["Writeback_bytes", "WritebackTmp_bytes", "Dirty_bytes"],
  "Memory Shared and Mapped": ["Mapped_bytes", "Shmem_bytes", "ShmemHugePages_bytes", "ShmemPmdMapped_bytes"],
  "Memory Slab": ["SUnreclaim_bytes", "SReclaimable_bytes"],
  "Memory Vmalloc": ["VmallocChunk_bytes", "VmallocTotal_bytes", "VmallocUsed_bytes"],
  "Memory Bounce": ["Bounce_bytes"],
  "Memory Anonymous": ["AnonHugePages_bytes", "AnonPages_bytes"],
  "Memory Kernel / CPU": ["KernelStack_bytes", "Percpu_bytes"],
  "Memory HugePages Counter": ["HugePages_Free", "HugePages_Rsvd", "HugePages_Surp"],
  "Memory HugePages Size": ["HugePages_Total", "Hugepagesize_bytes"],
  "Memory DirectMap": ["DirectMap1G_bytes", "DirectMap2M_bytes", "DirectMap4k_bytes"],
  "Memory Unevictable and MLocked": ["Unevictable_bytes", "Mlocked_bytes"],
  "Memory NFS": ["NFS_Unstable_bytes"],
  "Memory Pages In / Out": ["vmstat_pgpgin/s", "vmstat_pgpgout/s"],
  "Memory Pages Swap In / Out": ["vmstat_pswpin/s", "vmstat_pswpout/s"],
  "Memory Page Faults": ["vmstat_pgfault/s", "vmstat_pgmajfault/s", "vmstat_pgfault/s - vmstat_pgmajfault/s"],
  "OOM Killer": ["vmstat_oom_kill/s"],
  "Pressure Stall Information": [
    ...["cpu_waiting", "memory_waiting", "memory_stalled", "io_waiting", "io_stalled"].map(
      (name) => `pressure_${name}_seconds_total/s`,
    ),
  ],
  "node-mixin: memory utilisation": [
    "1 - (MemAvailable_bytes or Buffers_bytes + Cached_bytes + MemFree_bytes + Slab_bytes) / MemTotal_bytes",
  ],
  "node-mixin: major page faults": ["vmstat_pgmajfault/s"],
  "the choice of a machine": ["uname_info"],
};

/** A panel's expression in PromQL, about one instance. */
export function expressionOf(written: string, instance: string): string {
  return written.replace(/\b([A-Za-z]\w*[a-z0-9]\w*)(\/s)?/g, (found, name: string, rate: string | undefined) => {
    if (found === "or") return found;
    const metric = /^(?:vmstat|pressure|uname)_/.test(name) ? `node_${name}` : `node_memory_${name}`;
    const series = `${metric}{instance="${instance}",job="memory"}`;
    return rate === undefined ? series : `irate(${series}[1m])`;
  });
}
