import type { Preset } from "../../src/presets/preset.ts";
import { presetFor, presetNamed } from "../../src/presets/table.ts";
import { wordsOf } from "../../src/source.ts";
import { LAYOUTS, printReport } from "../free_model.ts";
import { memoryCases } from "../memory_cases.ts";
import { createRandom } from "../random.ts";

/** An output to begin with, and how it was asked for. */
export type Seed = {
  readonly preset: Preset;
  readonly words: readonly string[];
  /** One character for each byte. */
  readonly text: string;
};

function named(name: string): Preset {
  const preset = presetNamed(name);
  if (!preset) throw new Error(`There is no preset ${name}`);
  return preset;
}

/** The first command line of a preset's own, or that of another attempt. */
const OWN = (name: string, attempt = 0) => wordsOf(named(name).attempts[attempt] ?? { argv: [] });

const NUMA = "\nPer-node system memory usage (in MBs):\nToken SwapCached not in hash table.\n";
const SVMON =
  "Unit: KB\n--------\n               size       inuse        free         pin     virtual  available   mmode\n";

/** Outputs of kinds that test/fixtures/memory doesn't have. */
const MORE: readonly (readonly [preset: string, words: readonly string[], text: string])[] = [
  [
    "free",
    ["cat", "/proc/meminfo"],
    "MemTotal:       24683656 kB\nMemFree:        22261440 kB\nHugePages_Total:       4\n",
  ],
  [
    "swaps",
    ["swapon", "--show", "--bytes"],
    `NAME                  TYPE              SIZE        USED PRIO
/dev/zram1            partition    100659200    60018688  100
/var/tmp/my swap/file file          41938944           0   -2
/swap\xc3\xa4\\x09x           file      419389440000 12641974272   -3
`,
  ],
  [
    "swaps",
    ["swapon", "--show=NAME,SIZE,UUID,LABEL,USED", "--raw"],
    "NAME SIZE UUID LABEL USED\n/dev/sda2 2G 1b-c  0B\n/f 1M   4K\n",
  ],
  [
    "swaps",
    ["swapon", "--show", "--noheadings", "--bytes"],
    "/dev/sda2 partition 2147479552 0 -2\n/f g file 4096 0 -3\n",
  ],
  ["swaps", ["swapon", "-s"], "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n/a b   file  \t4096\t\t0\t\t-2\n"],
  [
    "zram",
    OWN("zram", 1),
    `NAME DISKSIZE DATA COMPR ALGORITHM STREAMS ZERO-PAGES TOTAL MEM-LIMIT MEM-USED MIGRATED MOUNTPOINT
/dev/zram0 16777216 3002368 2328198 lzo-rle  5 2949120 0 2949120 7 [SWAP]
/dev/zram1 33554432 0 0 zstd  0 0 0 0 0 \x20
`,
  ],
  ["zram", ["zramctl", "--noheadings", "-b"], "/dev/zram0 lzo-rle 16777216 3002368 2328198 2949120 2 [SWAP]\n"],
  [
    "zram",
    OWN("zram"),
    `/sys/block/zram0/disksize:16777216
/sys/block/zram1/disksize:0
/sys/block/zram0/max_comp_streams:2
/sys/block/zram0/mm_stat: 3002368  2328198  2949120        0  2949120        5        7        0        0
/sys/block/zram1/mm_stat:       0        0        0        0        0        0        0        0        0
/sys/block/zram0/comp_algorithm:lzo [lzo-rle] lz4 zstd
`,
  ],
  [
    "numa",
    OWN("numa"),
    `/sys/devices/system/node/node0/meminfo:Node 0 MemTotal:        5728460 kB
/sys/devices/system/node/node0/meminfo:Node 0 MemFree:         3672984 kB
/sys/devices/system/node/node0/meminfo:Node 0 HugePages_Total:     4
/sys/devices/system/node/node10/meminfo:Node 10 MemTotal:        5728461 kB
/sys/devices/system/node/node10/meminfo:Node 10 ShadowCallStack:10373888 kB
/proc/meminfo:Hugepagesize:       2048 kB
`,
  ],
  [
    "numa",
    ["numastat", "-c", "-m"],
    `${NUMA}                 Node 0 Node 1 Node 2\n                 ------ ------ ------
MemTotal           6746   6746   6746\nMemFree            6124   6124   6124\n
                 Node 8 Node 10 Total\n                 ------ ------- -----
MemTotal           6746    6746 33730\nMemFree            6124    6124 30620\n`,
  ],
  [
    "cgroup",
    OWN("cgroup"),
    `/sys/fs/cgroup/a.slice/memory.current:4096
/sys/fs/cgroup/a.slice/memory.peak:8192
/sys/fs/cgroup/a.slice/memory.max:max
/sys/fs/cgroup/a.slice/memory.high:65536
/sys/fs/cgroup/a.slice/memory.events:oom_kill 2
/sys/fs/cgroup/a.slice/memory.events.local:oom_kill 1
/sys/fs/cgroup/a.slice/memory.swap.events:fail 1
/sys/fs/cgroup/a.slice/memory.stat:anon 512
/sys/fs/cgroup/a.slice/memory.stat:pgfault 7
/sys/fs/cgroup/a.slice/memory.stat:file 18446744073709551104
/sys/fs/cgroup/a.slice/memory.numa_stat:anon N0=512
/sys/fs/cgroup/b.slice/memory.current:12288
/sys/fs/cgroup/b.slice/memory.swap.max:20480
`,
  ],
  [
    "cgroup",
    OWN("cgroup"),
    `/sys/fs/cgroup/memory/docker/1f/memory.usage_in_bytes:4096
/sys/fs/cgroup/memory/docker/1f/memory.limit_in_bytes:9223372036854771712
/sys/fs/cgroup/memory/docker/1f/memory.memsw.usage_in_bytes:8192
/sys/fs/cgroup/memory/docker/1f/memory.failcnt:3
/sys/fs/cgroup/memory/docker/1f/memory.oom_control:oom_kill_disable 0
/sys/fs/cgroup/memory/docker/1f/memory.oom_control:oom_kill 5
/sys/fs/cgroup/memory/docker/1f/memory.stat:total_rss 1024
`,
  ],
  [
    "processes",
    OWN("processes", 1),
    " 300 web server\n   0 kthreadd\n 100 web server\n 500 /usr/bin/db\n   0 sh <defunct>\n  20 sh\n",
  ],
  [
    "processes",
    ["busybox", "ps", "-o", "rss,comm"],
    `RSS  COMMAND\n${Array.from({ length: 14 }, (_, i) => `${i * 700} p${i}`).join("\n")}\n1.5g big\n 12m other\n`,
  ],
  [
    "processes",
    OWN("processes"),
    `/proc/1/status:Name:\tinit
/proc/1/status:VmRSS:\t     100 kB
/proc/2/status:Name:\tkthreadd
/proc/7/status:Name:\tweb
/proc/7/status:VmRSS:\t     300 kB
/proc/8/status:Name:\tweb
/proc/8/status:VmRSS:\t     300 kB
/proc/7/smaps_rollup:Pss:     200 kB
/proc/8/smaps_rollup:Pss:     250 kB
`,
  ],
  [
    "oom",
    OWN("oom"),
    `nr_free_pages 1573057
pswpin 573601
pswpout 588236
pgfault 9363525
pgmajfault 3320
oom_kill 2
allocstall_dma 0
allocstall_normal 12
allocstall_movable 4711
zswpwb 0
`,
  ],
  [
    "vm_stat",
    OWN("vm_stat"),
    `Mach Virtual Memory Statistics: (page size of 16384 bytes)
Pages free:                               14037.
Pages active:                            487091.
Pages inactive:                          477480.
Pages wired down:                        241562.
"Translation faults":                 935321876.
Pageins:                               56183951.
Pageouts:                                 78014.
hw.memsize: 17179869184
vm.swapusage: total = 2048.00M  used = 953.38M  free = 1094.62M  (encrypted)
kern.memorystatus_level: 51
kern.memorystatus_vm_pressure_level: 1
`,
  ],
  [
    "freebsd",
    OWN("freebsd"),
    `hw.physmem: 16987275264
hw.realmem: 17179869184
hw.usermem: 14325256192
vm.swap_reserved: 1536000000
vm.stats.vm.v_page_size: 4096
vm.stats.vm.v_page_count: 4045316
vm.stats.vm.v_free_count: 2048000
vm.stats.vm.v_wire_count: 649904
vm.stats.vm.v_active_count: 500000
vm.stats.vm.v_inactive_count: 800000
vm.stats.vm.v_laundry_count: 40394
vm.stats.vm.v_vm_faults: 123456789
vm.stats.vm.v_swappgsin: 10
Device          1K-blocks     Used    Avail Capacity
/dev/ada0p3       2097152    16056  2081096     1%
/dev/ada1p3       2097152        0  2097152     0%
Total             4194304    16056  4178248     0%
`,
  ],
  [
    "windows",
    OWN("windows"),
    '{"TotalVisibleMemorySize":16734356,"FreePhysicalMemory":9428600,"SizeStoredInPagingFiles":2490368,"FreeSpaceInPagingFiles":2479588,"TotalVirtualMemorySize":19224724,"FreeVirtualMemory":9278148}\r\n',
  ],
  [
    "aix",
    OWN("aix"),
    `${SVMON}memory      4194304     2177848     2016456     1534220     1700132    2126476     Ded\npg space     524288       14576\n`,
  ],
  [
    "aix",
    ["svmon", "-G", "-O", "unit=auto"],
    `${SVMON.replace("KB", "auto")}memory        4.00G       2.08G       1.92G       1.46G       1.62G       2.03G     Ded\npg space    512.00M       14.2M\n`,
  ],
  [
    "solaris",
    OWN("solaris"),
    `total: 872608k bytes allocated + 165044k reserved = 1037652k used, 12709624k available
4096
unix:0:system_pages:physmem\t2096064
unix:0:system_pages:freemem\t632476
`,
  ],
  ["solaris", ["swap", "-sh"], "total: 852M allocated + 161M reserved = 1013M used, 12.1G available\n"],
];

/** Reports of each kind of free, with figures of every length. */
function printedReports(): Seed[] {
  const random = createRandom(1);
  const preset = named("free");
  return LAYOUTS.flatMap((layout) =>
    [3, 8, 14].map((digits) => {
      const { words, text } = printReport(layout, random, digits);
      return { preset, words, text };
    }),
  );
}

/** All outputs to begin with, by the preset that reads them. */
export function seedsByPreset(): ReadonlyMap<Preset, readonly Seed[]> {
  const cases = memoryCases().flatMap(({ argv, stdout }): Seed[] => {
    const preset = presetFor(argv);
    return preset ? [{ preset, words: argv, text: Buffer.from(stdout).toString("latin1") }] : [];
  });
  const more = MORE.map(([name, words, text]): Seed => ({ preset: named(name), words, text }));
  return Map.groupBy([...cases, ...more, ...printedReports()], (seed) => seed.preset);
}
