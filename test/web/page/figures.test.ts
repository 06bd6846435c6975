import { test } from "uvu";
import * as assert from "uvu/assert";
import { MAX_ALWAYS } from "../../../src/gather/history.ts";
import { countersOf, gaugesOf, SHOWN_NAMES } from "../../../src/web/page/figures.ts";

const of = (values: Readonly<Record<string, number>>) => (name: string) => values[name];

test("values of free are shown unchanged", () => {
  const told = { memory_total_bytes: 100, memory_used_bytes: 30, memory_free_bytes: 20, memory_available_bytes: 65 };
  assert.equal(gaugesOf(of({ ...told, memory_buffers_bytes: 5, memory_cache_bytes: 50 })), {
    ...{ total: 100, used: 30, free: 20, available: 65, buffers: 5, cache: 50 },
  });
});

test("missing values are calculated from others", () => {
  const memory = {
    memory_total_bytes: 100,
    memory_available_bytes: 60,
    memory_swap_total_bytes: 9,
    memory_swap_free_bytes: 4,
  };
  assert.equal(gaugesOf(of(memory)), { total: 100, available: 60, swap_total: 9, used: 40, swap_used: 5 });
  assert.equal(gaugesOf(of({ memory_total_bytes: 100, memory_free_bytes: 10 })), { total: 100, free: 10, used: 90 });
  assert.equal(gaugesOf(of({ memory_buff_cache_bytes: 7 })), { cache: 7 });
  assert.equal(gaugesOf(of({})), {});
});

test("the names of node_exporter are known", () => {
  const node = {
    ...{ node_memory_MemTotal_bytes: 100, node_memory_MemFree_bytes: 10, node_memory_MemAvailable_bytes: 70 },
    ...{ node_memory_Cached_bytes: 40, node_memory_SReclaimable_bytes: 5, node_memory_Buffers_bytes: 3 },
  };
  assert.equal(gaugesOf(of(node)), { total: 100, free: 10, available: 70, used: 30, buffers: 3, cache: 45 });
  assert.equal(countersOf(of({ node_vmstat_pswpin: 3, memory_pressure_waiting_seconds_total: 2 })), {
    ...{ swap_in: 3, waiting: 2 },
  });
});

test("the history has room for all of them", () => {
  assert.ok(SHOWN_NAMES.length <= MAX_ALWAYS, `${SHOWN_NAMES.length}`);
  assert.is(new Set(SHOWN_NAMES).size, SHOWN_NAMES.length);
});

test.run();
