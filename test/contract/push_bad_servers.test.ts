import { readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:https";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  type Behaviour,
  closes,
  drips,
  garbage,
  hangs,
  says,
  saysInTurn,
  shouts,
  type Taken,
  withBadServer,
} from "../bad_servers.ts";
import { affordable } from "../forms.ts";
import { pushOnce, withPushing } from "../push_scene.ts";
import { until, withFolder } from "../stand_in.ts";
import { certificates, hasTlsTools } from "../tls_scene.ts";

type Case = {
  readonly what: string;
  readonly behave: Behaviour;
  /** In the line of the log. */
  readonly said: RegExp;
  /** Whether the samples are given up at once, without another attempt. */
  readonly isFinal: boolean;
};

const LATER = 'msg="Push failed, trying again"';
const NEVER = 'msg="Push refused, samples dropped"';

/** Every form has the first few. */
const CASES: readonly Case[] = [
  { what: "closes", behave: closes, said: /hang up|closed|reset/i, isFinal: false },
  {
    what: "shows 10 MiB of error text",
    behave: shouts(10 * 2 ** 20),
    said: /server answered 400: e{1000}…/,
    isFinal: true,
  },
  { what: "says garbage", behave: garbage, said: /level=WARN/, isFinal: false },
  {
    what: "points elsewhere with 301",
    behave: says("301 Moved", ["Location: http://127.0.0.1:1/"]),
    said: /server answered 301, which points to/,
    isFinal: true,
  },
  {
    what: "says 400",
    behave: says("400 Bad", [], "out of order\n"),
    said: /server answered 400: out of order/,
    isFinal: true,
  },
  { what: "says 415", behave: says("415 Type"), said: /server answered 415/, isFinal: true },
  { what: "says 500", behave: says("500 No", [], "broken"), said: /server answered 500: broken/, isFinal: false },
];

const remoteWrite = (url: string, timeout = "1m") => [
  "--push.protocol=remote-write",
  `--push.url=${url}`,
  `--push.timeout=${timeout}`,
];

const FOR_HOURS = "--push.interval=1h";

for (const { what, behave, said, isFinal } of affordable(CASES, 3)) {
  if (isFinal)
    test(`a server that ${what}: push once exits 1 and says why`, () =>
      withBadServer(behave, async (url, taken) => {
        const { code, stdout, stderr } = await pushOnce(remoteWrite(url));
        assert.equal([code, stdout], [1, ""], stderr);
        assert.match(stderr, said);
        assert.ok(stderr.includes(NEVER), stderr);
        assert.is(taken.requests.length, 1, "tried again");
      }));
  else
    test(`a server that ${what}: it says why and tries again`, () =>
      withBadServer(behave, (url, taken) =>
        withPushing([...remoteWrite(url), FOR_HOURS], async ({ log }) => {
          await until("tried again", () => taken.connections > 1 || taken.requests.length > 1);
          assert.match(log(), said);
          assert.ok(log().includes(LATER), log());
        }),
      ));
}

/** Neither gives a whole answer, however long it has: these limits decide nothing. */
for (const [what, behave] of affordable<readonly [string, Behaviour]>(
  [
    ["hangs", hangs],
    ["answers a byte at a time", drips("HTTP/1.1 200 OK\r\nX: y\r\n", 100)],
  ],
  1,
)) {
  test(`a server that ${what}: push once exits 1 when its time is over, and says why`, () =>
    withBadServer(behave, async (url) => {
      const { code, stdout, stderr } = await pushOnce(remoteWrite(url, "500ms"));
      assert.equal([code, stdout], [1, ""], stderr);
      assert.match(stderr, /no whole answer within 0\.5s/);
      assert.ok(stderr.includes(LATER), stderr);
    }));
}

/** Runs attempts of a push that goes on until the log says that it works again. */
const untilStored = (behave: Behaviour, check: (log: string, taken: Taken) => void) =>
  withBadServer(behave, (url, taken) =>
    withPushing([...remoteWrite(url), FOR_HOURS], async ({ log, end }) => {
      await until("stored", () => /Push works again/.test(log()));
      check(log(), taken);
      assert.is(await end("SIGTERM"), 0);
    }),
  );

test("a server that fails for a while gets the same samples again until it takes them", () =>
  untilStored(saysInTurn(...Array(3).fill(says("500 No")), closes, says("200 OK")), (log, { requests }) => {
    assert.is(requests.length, 5);
    assert.is(new Set(requests.map((request) => request.slice(request.indexOf("\r\n\r\n")))).size, 1);
    assert.match(log, /msg="Push works again" dropped_samples=0/);
  }));

test("429 with Retry-After is waited for", () => {
  const askedMs: number[] = [];
  const behave: Behaviour = (socket, taken) => {
    askedMs.push(performance.now());
    saysInTurn(says("429 Slow", ["Retry-After: 1"]), says("200 OK"))(socket, taken);
  };
  return withBadServer(behave, (url) =>
    withPushing([...remoteWrite(url), FOR_HOURS], async ({ log, end }) => {
      await until("stored", () => /Push works again/.test(log()));
      const [first = 0, second = 0] = askedMs;
      // Never sooner; how much later is up to the machine. The first backoff would be 45 ms at most.
      assert.ok(second - first > 950, `${second - first} ms`);
      assert.is(await end("SIGTERM"), 0);
    }),
  );
});

test("the exit doesn't wait for a Retry-After", () => {
  const after = new Date(Date.now() + 3_600_000).toUTCString();
  const behave = saysInTurn(says("429 Slow", [`Retry-After: ${after}`]), says("200 OK"));
  return withBadServer(behave, (url, taken) =>
    withPushing([...remoteWrite(url), FOR_HOURS], async ({ log, end }) => {
      await until("answered", () => /server answered 429/.test(log()));
      assert.is(taken.requests.length, 1);
      assert.is(await end("SIGTERM"), 0);
      // What was queued, and the end of the series.
      assert.is(taken.requests.length, 3);
    }),
  );
});

test("a server that hangs doesn't hold up the end", () =>
  withBadServer(hangs, (url, taken) =>
    withPushing(remoteWrite(url), async ({ log, end }) => {
      await until("asked", () => taken.requests.length === 1);
      assert.is(await end("SIGTERM"), 0);
      assert.match(log(), /msg="Not everything was pushed" gatherings=2 samples=\d+ unsent=dropped/);
    }),
  ));

(hasTlsTools ? test : test.skip)(
  "a certificate that isn't trusted gets nothing; what the configuration file says is done, and read again",
  () =>
    withFolder(async (folder) => {
      const pem = (name: string) => readFileSync(join(certificates, name), "utf8");
      const seen: string[] = [];
      const server = createServer({ cert: pem("server.crt"), key: pem("server.key") }, (request, response) => {
        seen.push(`${request.headers.authorization} ${request.headers["x-scope-orgid"]}`);
        request.resume().on("end", () => response.writeHead(seen.length > 1 ? 204 : 401).end());
      });
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      const address = server.address();
      const url = `https://127.0.0.1:${typeof address === "object" ? address?.port : 0}`;
      try {
        const untrusted = await pushOnce(remoteWrite(url, "1s"));
        assert.equal([untrusted.code, seen], [1, []]);
        assert.match(untrusted.stderr, /certificate|issuer/i);
        writeFileSync(join(folder, "ca.pem"), pem("ca.crt"));
        writeFileSync(join(folder, "token"), "s3cret-1\n");
        const config =
          "tls_config: {ca_file: ca.pem}\nauthorization: {credentials_file: token}\nheaders: {X-Scope-OrgID: me}\n";
        writeFileSync(join(folder, "push.yml"), config);
        const args = ["--push.protocol=remote-write", `--push.url=${url}`, `--push.config.file=${folder}/push.yml`];
        await withPushing([...args, "--push.interval=100ms", "--log.level=debug"], async ({ log, end }) => {
          await until("refused", () => seen.length > 0);
          writeFileSync(join(folder, "token"), "s3cret-2\n");
          await until("read again", () => seen.includes("Bearer s3cret-2 me"));
          assert.is(seen[0], "Bearer s3cret-1 me");
          assert.is(await end("SIGTERM"), 0);
          assert.not.match(log(), /s3cret/);
        });
      } finally {
        server.closeAllConnections();
        server.close();
      }
    }),
);

test("a mistake is reported in one line before anything is sent, without secrets", () =>
  withFolder(async (folder) => {
    writeFileSync(join(folder, "push.yml"), "authorization: {credential: s3cret}\n");
    const cases: readonly (readonly [readonly string[], RegExp])[] = [
      [[], /push: found no --push\.url, wanted where to push, try --help\n$/],
      [
        ["--push.url=http://me:s3cret@127.0.0.1:1"],
        /--push\.url: found credentials \(not shown\), wanted them in basic_auth/,
      ],
      [["--push.url=127.0.0.1:9091"], /--push\.url: found "127\.0\.0\.1:9091", wanted a URL of http or https/],
      [
        ["--push.url=http://a/metrics/job/x"],
        /--push\.url: found the path of a group, \\?"\/metrics\/job\/x\\?", wanted the URL of/,
      ],
      [["--push.url=http://a", "--push.grouping=job=x"], /--push\.grouping: found "job=x", wanted NAME=VALUE/],
      [
        ["--push.url=http://a", "--push.label=a=1", "--push.label=a=2"],
        /--push\.label: found "a=1,a=2", wanted "a" once/,
      ],
      [["--push.url=http://a", "--push.spool=/x"], /--push\.spool: found protocol pushgateway/],
      [["--push.url=http://a", "--push.otlp-attribute=a=b"], /wanted --push\.protocol=otlp too/],
      [["--push.url=http://a", "--push.delete-on-exit"], /--push\.delete-on-exit: found --push\.interval=0/],
      [
        ["--push.url=http://a", `--push.config.file=${folder}/push.yml`],
        /push\.yml:1:17: .*unknown key \\?"credential/,
      ],
      [["--push.url=http://a", `--push.config.file=${folder}/none.yml`], /none\.yml: Cannot read .*: no such file/],
    ];
    for (const [args, said] of affordable(cases, 3)) {
      const { code, stdout, stderr } = await pushOnce(args);
      assert.equal([code, stdout], [1, ""]);
      assert.match(stderr, said);
      assert.match(stderr, /^[^\n]+\n$/, "one line");
      assert.not.match(stderr, /s3cret/);
    }
  }));

test.run();
