import { test } from "uvu";
import * as assert from "uvu/assert";
import { flagsOf } from "../../src/cli/flags.ts";
import { helpText } from "../../src/cli/help.ts";

const [general, web] = [flagsOf("General"), flagsOf("Web")];
const text = (value: string) => value;
const LONG = "All that there is to say of this flag, which is rather more than fits in what a terminal has of columns.";

test("the help has a usage line, what it is about, commands, and flags by group", () => {
  const help = helpText({
    words: "[<command>] [<flags>]",
    about: "Does it.",
    lists: { Commands: [["serve", "Serve it."]] },
    flags: [
      web.value("web.path=PATH", "/metrics", "Path.", text),
      general.toggle("help", "Show this.", { aliases: ["h"] }),
      web.toggle("web.quiet", "Say nothing."),
      web.value("free=LINE", "free", "Run.", text, { aliases: ["nginx"] }),
      general.toggle("version", "Show the version."),
    ],
  });
  assert.is(
    help,
    `usage: memory_exporter [<command>] [<flags>]

Does it.

Commands:
  serve                           Serve it.

Web:
  --web.path=PATH                 Path. Default: /metrics.
  --[no-]web.quiet                Say nothing.
  --free=LINE                     Run. Default: free. Also --nginx.

General:
  -h, --help                      Show this.
  --version                       Show the version.

Every flag can be set by environment, as MEMORY_EXPORTER_LOG_LEVEL for --log.level. A flag wins over
the environment. The values of a repeatable flag are separated by commas there.
`,
  );
});

test("no line has more than 100 columns, and a long name has a line of its own", () => {
  const name = `web.${"long-".repeat(6)}name`;
  const help = helpText({
    words: "serve [<flags>]",
    about: LONG.repeat(5),
    flags: [web.toggle(name, LONG.repeat(3)), web.toggle("short", LONG)],
  });
  for (const line of help.split("\n")) assert.ok(line.length <= 100, line);
  assert.match(help, new RegExp(`^ {2}--\\[no-\\]${name}\n {34}All that there is`, "m"));
  assert.match(help, /^ {2}--\[no-\]short {20}All that there is/m);
  assert.not.match(help, / $/m);
});

test.run();
