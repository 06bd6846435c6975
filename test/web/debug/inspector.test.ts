import { test } from "uvu";
import * as assert from "uvu/assert";
import { sample, whyNoProfiles } from "../../../src/web/debug/inspector.ts";
import { testWhere } from "../../tools.ts";

const isDeno = process.versions.deno !== undefined;
const onNode = testWhere(!isDeno);

test("there are profiles on Node, and a reason on Deno", () => {
  if (isDeno) assert.match(whyNoProfiles() ?? "", /^Profiles need Node: [^\n]+\.$/);
  else assert.is(whyNoProfiles(), undefined);
});

const never = () => new AbortController().signal;

/** Starts the sampler and stops it after a time. */
function cpu(milliseconds: number, gone: AbortSignal) {
  return sample(
    { milliseconds, gone },
    async (session) => {
      await session.post("Profiler.enable");
      await session.post("Profiler.start");
    },
    (session) => session.post("Profiler.stop"),
  );
}

onNode("it samples for the requested time", async () => {
  const { profile } = await cpu(200, never());
  assert.ok(profile.endTime - profile.startTime >= 200_000);
  assert.ok((profile.samples?.length ?? 0) > 0);
});

onNode("it ends early if the client disconnects", async () => {
  const gone = new AbortController();
  setTimeout(() => gone.abort(), 50);
  // No test waits for an hour.
  await cpu(3_600_000, gone.signal);
  await cpu(3_600_000, gone.signal);
});

onNode("after a failure the next profile works", async () => {
  const fail = () => Promise.reject(new Error("no"));
  const start = async (session: Parameters<Parameters<typeof sample>[1]>[0]) => {
    await session.post("HeapProfiler.startSampling");
  };
  for (const [begin, end] of [
    [fail, fail],
    [start, fail],
  ] as const) {
    const failed = await sample({ milliseconds: 1, gone: never() }, begin, end).then(
      () => "",
      (error: Error) => error.message,
    );
    assert.is(failed, "no");
  }
  const { profile } = await sample({ milliseconds: 1, gone: never() }, start, (session) =>
    session.post("HeapProfiler.stopSampling"),
  );
  assert.is(profile.head.callFrame.functionName, "(root)");
});

test.run();
