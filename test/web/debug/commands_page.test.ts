import { test } from "uvu";
import * as assert from "uvu/assert";
import { commandsPage } from "../../../src/web/debug/commands_page.ts";
import type { CommandReport, RunReport } from "../../../src/web/debug/report.ts";

const HOSTILE = `<script>alert("1")</script>&'</pre>`;
const ESCAPED = "&#60;script&#62;alert(&#34;1&#34;)&#60;/script&#62;&#38;&#39;&#60;/pre&#62;";

const RUN: RunReport = {
  argv: ["free", "-b"],
  outcome: "ok",
  detail: "",
  exit_code: 0,
  duration_seconds: 0.0123,
  age_seconds: 61.25,
  stderr_tail: "",
};

const REPORT: CommandReport = {
  name: "free",
  attempts: [
    ["free", "-b"],
    ["sh", "-c", "free; it's", ""],
  ],
  environment: ["PATH", "TZ"],
  timeout_seconds: 5,
  max_output_bytes: 1000,
  runs: { ok: 7, exit: 2 },
  last_success_timestamp_seconds: 1,
  stragglers_killed: 3,
  last: RUN,
  failures: [],
};

test("a command is shown with its bounds and its last run", () => {
  const html = commandsPage([REPORT]);
  assert.ok(html.includes("<h2>free</h2>"));
  assert.ok(html.includes("<pre>free -b\nsh -c &#39;free; it&#39;\\&#39;&#39;s&#39; &#39;&#39;</pre>"), html);
  assert.ok(html.includes("<pre>PATH TZ</pre>"));
  assert.ok(html.includes("<td>7 ok, 2 exit</td>"));
  const row =
    '<tr><td class="number">61.3 s ago</td>\n<td><span class="badge ok">ok</span></td><td>0</td>\n<td class="number">0.012 s</td><td><pre>free -b</pre></td></tr>';
  assert.ok(html.includes(row), html);
  assert.ok(html.includes("<h3>Latest failures</h3>\n<p>None.</p>"));
});

test("a command that didn't run yet is shown", () => {
  const html = commandsPage([{ ...REPORT, runs: {}, last: null }]);
  assert.ok(html.includes("<td>none</td>"));
  assert.ok(html.includes("<h3>Last run</h3>\n<p>None has ended yet.</p>"));
});

test("names and outputs of commands are escaped", () => {
  const run = {
    ...RUN,
    outcome: "exit",
    argv: [HOSTILE],
    detail: HOSTILE,
    exit_code: 1,
    stderr_tail: HOSTILE,
  } as const;
  const report = {
    ...REPORT,
    name: HOSTILE,
    attempts: [[HOSTILE]],
    environment: [HOSTILE],
    last: run,
    failures: [run],
  };
  const html = commandsPage([report]);
  assert.not.match(html, /<script|<\/pre>&#39;|alert\("/);
  assert.ok(html.includes(`<h2>${ESCAPED}</h2>`));
  assert.ok(html.includes(`<pre>${ESCAPED}</pre>`));
  assert.is(html.split(`<pre>${ESCAPED}\n${ESCAPED}</pre>`).length - 1, 2);
  assert.is(html.split('<span class="badge failing">exit</span>').length - 1, 2);
  assert.is(html.split("<pre>").length, html.split("</pre>").length);
});

test.run();
