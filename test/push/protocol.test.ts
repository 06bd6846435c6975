import { test } from "uvu";
import * as assert from "uvu/assert";
import { pathHint, type Reply, replyText, retryAfterMs } from "../../src/push/protocol.ts";

const reply = (headers: Reply["headers"], body = "", status = 429): Reply => ({
  status,
  headers,
  body: Buffer.from(body),
});
const NOW = Date.parse("Fri, 27 Nov 2026 05:00:00 GMT");

test("Retry-After comes in seconds or as a date", () => {
  const wait = (text: string) => retryAfterMs(reply({ "retry-after": text }), NOW);
  // As if it weren't there: a server that is asked again at once would be asked for ever.
  assert.is(wait("0"), undefined);
  assert.is(wait(" 120 "), 120_000);
  assert.is(wait("Fri, 27 Nov 2026 05:00:07 GMT"), 7000);
  assert.is(wait("Fri, 27 Nov 2026 04:00:00 GMT"), undefined);
  assert.is(wait("999999999"), 3_600_000);
  assert.is(wait("soon"), undefined);
  assert.is(wait("-5x"), undefined);
  assert.is(retryAfterMs(reply({}), NOW), undefined);
});

test("the answer of a server is shown in one line, shortened", () => {
  assert.is(replyText(reply({}, "no\r\n  such\tthing\n", 400)), "server answered 400: no such thing");
  assert.is(replyText(reply({}, "", 500)), "server answered 500");
  assert.is(replyText(reply({ location: "/metrics/x" }, "", 301)), 'server answered 301, which points to "/metrics/x"');
  const long = replyText(reply({}, "x".repeat(100_000)));
  assert.is(long.length, "server answered 429: ".length + 1001);
});

test("a 404 suggests a path for --push.url", () => {
  const hint = (status: number, url: string) => pathHint(reply({}, "", status), new URL(url), "/api/v1/write");
  const wanted = "; --push.url has no path, wanted the whole URL, like http://a:1/api/v1/write";
  assert.equal([hint(404, "http://a:1"), hint(405, "http://a:1/")], [wanted, wanted]);
  assert.equal([hint(400, "http://a:1"), hint(404, "http://a:1/x")], ["", ""]);
});

test.run();
