import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { splitArguments } from "../../src/cli/flags.ts";
import type { Host } from "../../src/cli/host.ts";
import { textfileFlags } from "../../src/cli/tables.ts";
import { textfile } from "../../src/cli/textfile.ts";
import { fakeRunner, printed } from "../gather/fakes.ts";
import { until, withFolder } from "../stand_in.ts";

/** A promise that counts who waits for it. */
function counted<T>(promise: Promise<T>) {
  let waiters = 0;
  const get = (target: Promise<T>, key: keyof Promise<T>) => {
    if (key === "then") waiters += 1;
    return typeof target[key] === "function" ? target[key].bind(target) : target[key];
  };
  return {
    promise: new Proxy(promise, { get: get as ProxyHandler<Promise<T>>["get"] & object }),
    waiters: () => waiters,
  };
}

test("however often the file is written, nothing is kept of it until the end", () =>
  withFolder(async (folder) => {
    const { runner, started } = fakeRunner(() => printed("1\n"));
    const stop = Promise.withResolvers<string>();
    const { promise, waiters } = counted(stop.promise);
    const host = {
      ...{ environment: {}, platform: "linux", pid: 1, orphans: "elsewhere", isJournal: false, runner },
      ...{ writeError: () => {}, notify: () => true, stopped: () => promise },
    } as unknown as Host;
    const args = ["--textfile.interval=1ms", `--textfile.path=${join(folder, "a.prom")}`, "--log.level=error"];
    const command = ["--command=cat /x", "--command.output-of=free -b"];
    const line = splitArguments([...args, ...command], Object.values(textfileFlags));
    const ended = textfile(line, host);
    await until("some runs", () => started.length > 5);
    const waited = waiters();
    stop.resolve("SIGTERM");
    assert.equal([await ended, waited], [0, 1]);
  }));

test.run();
