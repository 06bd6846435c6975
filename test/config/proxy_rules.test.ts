import { test } from "uvu";
import * as assert from "uvu/assert";
import { environmentProxies, NO_PROXY, proxyFor, proxyUrl } from "../../src/config/proxy_rules.ts";

const proxy = new URL("http://proxy:3128");
const goesThrough = (except: string | undefined, target: string) =>
  proxyFor({ ...NO_PROXY, http: proxy, https: proxy, except }, new URL(target)) === proxy;

test("targets of http and of https have a proxy each", () => {
  const other = new URL("http://other");
  const rules = { ...NO_PROXY, http: proxy, https: other };
  assert.equal(
    ["http://a", "https://a"].map((target) => proxyFor(rules, new URL(target))),
    [proxy, other],
  );
  assert.is(proxyFor(NO_PROXY, new URL("http://a")), undefined);
});

test("this machine is reached without a proxy where there are exceptions, as in Go", () => {
  const own = ["http://localhost", "http://127.1.2.3:9", "https://[::1]"];
  assert.equal(
    own.map((target) => goesThrough("", target)),
    [false, false, false],
  );
  assert.equal(
    own.map((target) => goesThrough(undefined, target)),
    [true, true, true],
  );
});

test("exceptions are addresses, networks, domains and ports", () => {
  const cases: readonly (readonly [except: string, without: readonly string[], through: readonly string[]])[] = [
    ["*", ["http://a", "https://10.0.0.1"], []],
    ["a.example", ["http://a.example", "http://B.A.example:9"], ["http://ba.example", "http://example"]],
    [".a.example", ["http://b.a.example"], ["http://a.example"]],
    ["*.a.example", ["http://b.a.example"], ["http://a.example"]],
    ["x, a.example:9 ,", ["http://a.example:9", "http://x"], ["http://a.example", "http://y"]],
    ["a.example:443", ["https://a.example"], ["http://a.example"]],
    ["10.1.2.3", ["http://10.1.2.3:9"], ["http://10.1.2.4"]],
    ["10.1.2.3:80", ["http://10.1.2.3"], ["http://10.1.2.3:81"]],
    ["10.0.0.0/8", ["http://10.9.9.9"], ["http://11.0.0.1", "http://ten.example"]],
    ["fd00::/8,[2001:db8::1]:9", ["http://[fd00::5]", "http://[2001:db8::1]:9"], ["http://[2001:db8::1]"]],
    ["2001:db8::1", ["http://[2001:db8::1]:7"], ["http://[2001:db8::2]"]],
    ["10.0.0.0/99,/,:,[]", [], ["http://10.0.0.1"]],
  ];
  for (const [except, without, through] of cases) {
    for (const target of without) assert.is(goesThrough(except, target), false, `${except} ${target}`);
    for (const target of through) assert.is(goesThrough(except, target), true, `${except} ${target}`);
  }
});

test("the environment names proxies in capitals or small letters, with a scheme or without", () => {
  const { http, https, except } = environmentProxies({ HTTP_PROXY: "a:1", https_proxy: "http://b:2", NO_PROXY: "c" });
  assert.equal([http?.href, https?.href, except], ["http://a:1/", "http://b:2/", "c"]);
  assert.equal(environmentProxies({}), { http: undefined, https: undefined, except: "" });
  assert.throws(
    () => environmentProxies({ HTTPS_PROXY: "https://u:pw@x y" }),
    /^HTTPS_PROXY: found no address .*not shown/,
  );
});

test("the user and password of an address can be read", () => {
  assert.is(proxyUrl("http://u:p%40@proxy:3128")?.href, "http://u:p%40@proxy:3128/");
  assert.is(proxyUrl("http://u:%zz@proxy:3128"), undefined);
});

test.run();
