import { test } from "uvu";
import * as assert from "uvu/assert";
import { sampleOf } from "../exporter.ts";
import { ask, scrape } from "../http.ts";
import { GATEWAY_KINDS, pushOnce, withPushing } from "../push_scene.ts";
import { withServer } from "../servers.ts";
import { PRINT_FREE, until } from "../stand_in.ts";
import { needs } from "../tools.ts";

/** The lines of a page for one metric. */
const linesOf = (page: string, name: string) => page.split("\n").filter((line) => line.startsWith(`${name}{`));

for (const [version, kind] of Object.entries(GATEWAY_KINDS)) {
  const gateway = needs(kind.program, "--version") ? test : test.skip;

  gateway(`Pushgateway ${version}: a page is in its group, whatever the values of the grouping key`, () =>
    withServer(kind, async ({ url }) => {
      const grouping = ["instance=a/b", "empty=", "zone=ü ?#"].flatMap((pair) => ["--push.grouping", pair]);
      const { code, stderr } = await pushOnce([
        `--push.url=${url}/`,
        "--push.job=j/b",
        ...grouping,
        "--push.label=own=1",
      ]);
      assert.equal([code, stderr], [0, ""]);
      const [line = ""] = linesOf(await scrape(url), "memory_total_bytes");
      const labels = [...line.matchAll(/(\w+)="([^"]*)"/g)].map(([, name, value]) => `${name}=${value}`).sort();
      assert.equal(labels, ["empty=", "instance=a/b", "job=j/b", "own=1", "zone=ü ?#"]);
      assert.match(line, / 2\.527651020\d+e\+10$/);
    }),
  );

  gateway(`Pushgateway ${version}: put replaces a group, post leaves what it doesn't know`, () =>
    withServer(kind, async ({ url }) => {
      const push = (free: string, ...args: string[]) =>
        pushOnce([`--push.url=${url}`, "--push.grouping=a=b", ...args], free);
      const failing = "exit 3";
      assert.is((await push(PRINT_FREE)).code, 0);
      assert.is(
        (await push(failing, "--command=free", "--push.method=post")).code,
        2,
        "the command failed, the push didn't",
      );
      const posted = await scrape(url);
      assert.is(linesOf(posted, "memory_total_bytes").length, 1);
      assert.match(linesOf(posted, "memory_up").join(), / 0$/);
      assert.is((await push(failing, "--command=free")).code, 2);
      assert.equal(linesOf(await scrape(url), "memory_total_bytes"), []);
    }),
  );

  gateway(`Pushgateway ${version}: what it refuses is shown as it said it, and the exit is 1`, () =>
    withServer(kind, async ({ url }) => {
      const taken = await fetch(`${url}/metrics/job/other`, {
        method: "POST",
        body: "# TYPE memory_total_bytes counter\nmemory_total_bytes 1\n",
      });
      assert.ok(taken.ok);
      const { code, stderr } = await pushOnce([`--push.url=${url}`]);
      assert.is(code, 1);
      assert.match(
        stderr,
        /level=ERROR msg="Push refused, samples dropped" reason="server answered 400: .*memory_total_bytes/,
      );
    }),
  );

  gateway(`Pushgateway ${version}: pushes go on, and the group is deleted at the end`, () =>
    withServer(kind, async ({ url }) => {
      const args = [`--push.url=${url}`, "--push.interval=100ms", "--push.grouping=a=b", "--push.delete-on-exit"];
      await withPushing(args, async ({ end }) => {
        const pushed = async () =>
          Number(
            sampleOf(
              await scrape(url),
              'memory_exporter_push_attempts_total{a="b",instance="",job="memory_exporter"}',
            ) ?? 0,
          );
        await until("pushed several times", async () => (await pushed()) > 2);
        assert.is(await end("SIGTERM"), 0);
      });
      assert.not.match(await scrape(url), /memory_total_bytes/);
    }),
  );

  gateway(`Pushgateway ${version}: the host's name is the group without a grouping`, () =>
    withServer(kind, async ({ url }) => {
      assert.is((await pushOnce([`--push.url=${url}`])).code, 0);
      const { text } = await ask(`${url}/api/v1/metrics`);
      const [group] = JSON.parse(text).data;
      assert.equal(Object.keys(group.labels).sort(), ["instance", "job"]);
      assert.ok(group.labels.instance !== "");
    }),
  );
}

test.run();
