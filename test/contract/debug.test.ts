import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { KINDS, withDebug, withFree } from "../debug.ts";
import { withExporter } from "../exporter.ts";
import { ask, scrape } from "../http.ts";
import { PRINT_FREE, withPrograms } from "../stand_in.ts";

const PROFILES = KINDS.map((kind) => `pprof/${kind}`);
const PATHS = ["", "commands", "pprof", "pprof/", ...PROFILES];
const HTML = { Accept: "text/html,application/xhtml+xml,*/*;q=0.8" };

test("without the flag there are no debug paths", async () => {
  await withExporter({ args: ["--no-web.enable-debug"] }, async ({ url }) => {
    for (const path of PATHS) {
      const { status, text } = await ask(`${url}/debug/${path}`);
      assert.equal([path, status, text], [path, 404, "404 page not found\n"]);
    }
  });
});

test("a failed run is shown, as JSON and as a page, without secrets, and escaped", async () => {
  const line = "PGPASSWORD=hunter2 free -b";
  const free = `echo "<script>alert(1)</script> & password=$PGPASSWORD" >&2; exit 3`;
  const args = ["--command", line];
  await withPrograms({ free }, async (env) => {
    await withDebug({ env: { ...env, LOGNAME: "hunter2" }, args }, async ({ url }) => {
      const { status, headers, text } = await ask(`${url}/debug/commands`);
      assert.equal([status, headers["content-type"], headers["cache-control"]], [200, "application/json", "no-store"]);
      const [command] = JSON.parse(text).commands;
      const argv = ["/bin/sh", "-c", "…"];
      assert.equal([command.name, command.attempts, command.runs], ["free", [argv], { exit: 1 }]);
      assert.ok(command.environment.includes("LOGNAME"));
      const { age_seconds: age, duration_seconds: duration, ...last } = command.last;
      assert.ok(age >= 0 && duration > 0);
      assert.equal(last, { argv, outcome: "exit", detail: "exit status 3", exit_code: 3 });
      const page = await ask(`${url}/debug/commands`, { headers: HTML });
      assert.equal([page.status, page.headers["content-type"]], [200, "text/html; charset=utf-8"]);
      assert.match(
        String(page.headers["content-security-policy"]),
        /^default-src 'none'; script-src 'self'; style-src 'self';/,
      );
      assert.not.match(page.text, /<script/i);
      for (const said of [text, page.text]) assert.not.match(said, /hunter2/);
    });
    await withDebug({ env, args: [...args, "--web.enable-debug-stderr"] }, async ({ url }) => {
      const [command] = JSON.parse((await ask(`${url}/debug/commands`)).text).commands;
      assert.is(command.last.stderr_tail, "<script>alert(1)</script> & password=hunter2");
      const page = await ask(`${url}/debug/commands`, { headers: HTML });
      assert.match(page.text, /&#60;script&#62;alert\(1\)&#60;\/script&#62; &#38; password=hunter2/);
      assert.not.match(page.text, /<script/i);
    });
  });
});

test("a parse error is shown with its line, also after a success", async () => {
  const free = `if test -e "$HOME/bad"; then echo "Mem: x"; exit; fi; ${PRINT_FREE}`;
  await withPrograms({ free }, (env, HOME) =>
    withDebug({ env: { ...env, HOME }, args: ["--command=free -b -w"] }, async ({ url }) => {
      const report = async () => JSON.parse((await ask(`${url}/debug/commands`)).text).commands[0];
      assert.equal((await report()).failures, []);
      await promisify(execFile)("touch", [join(HOME, "bad")]);
      await scrape(url);
      const { last } = await report();
      assert.equal([last.outcome, last.exit_code], ["parse", 0]);
      assert.match(last.detail, /^line 1: /);
      await promisify(execFile)("rm", [join(HOME, "bad")]);
      await scrape(url);
      const after = await report();
      assert.equal([after.last.outcome, after.last.detail, after.runs], ["ok", "", { ok: 2, parse: 1 }]);
      assert.is(after.failures[0].detail, last.detail);
    }),
  );
});

test("the paths answer the methods that they have", async () => {
  await withFree(async ({ url }) => {
    for (const path of PATHS) {
      const { status, headers } = await ask(`${url}/debug/${path}`, { method: "POST" });
      assert.equal([path, status, headers.allow], [path, 405, PROFILES.includes(path) ? "GET" : "GET, HEAD"]);
    }
    assert.is((await ask(`${url}/debug/pprof/profile`, { method: "HEAD" })).status, 405);
    const { status, headers } = await ask(`${url}/debug/pprof`);
    assert.equal([status, headers.location], [301, "pprof/"]);
    assert.is((await ask(`${url}/debug/commands?format=xml`)).status, 400);
    assert.is((await ask(`${url}/debug`)).headers.location, "debug/");
    assert.is((await ask(`${url}/debug/pprof/nothing`)).status, 404);
  });
});

test.run();
