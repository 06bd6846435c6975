import { test } from "uvu";
import * as assert from "uvu/assert";
import { formatAddress, formatHostAndPort, parseAddress } from "../../src/web/address.ts";

test("parseAddress() reads hosts, ports and paths", () => {
  const tcp = (host: string | undefined, port: number) => ({ kind: "tcp", host, port });
  const wanted = {
    ":9101": tcp(undefined, 9101),
    ":0": tcp(undefined, 0),
    "127.0.0.1:9101": tcp("127.0.0.1", 9101),
    "0.0.0.0:1": tcp("0.0.0.0", 1),
    "localhost:65535": tcp("localhost", 65535),
    "a-b.example:80": tcp("a-b.example", 80),
    "[::1]:9101": tcp("::1", 9101),
    "[::]:0": tcp("::", 0),
    "[fe80::1%eth0]:9101": tcp("fe80::1%eth0", 9101),
    "unix:/run/a b:c.sock": { kind: "unix", path: "/run/a b:c.sock" },
  };
  for (const [text, address] of Object.entries(wanted)) assert.equal(parseAddress(text), address, text);
});

const FORMS = '"host:port", ":port", "[IPv6]:port" or "unix:/path"';
const REFUSED: Readonly<Record<string, string>> = {
  "": `missing port: wanted ${FORMS}`,
  "9101": `missing port: wanted ${FORMS}`,
  localhost: `missing port: wanted ${FORMS}`,
  "localhost:": `missing port: wanted ${FORMS}`,
  ":http": 'found port "http", wanted 0 to 65535',
  ":65536": 'found port "65536", wanted 0 to 65535',
  ":-1": 'found port "-1", wanted 0 to 65535',
  ":9101 ": 'found port "9101 ", wanted 0 to 65535',
  ":0x10": 'found port "0x10", wanted 0 to 65535',
  "::1:9101": `an IPv6 address goes in brackets: wanted ${FORMS}`,
  "[::1]": `missing port: wanted ${FORMS}`,
  "[1.2.3.4]:80": 'found "1.2.3.4", wanted an IPv6 address in the brackets',
  "[]:80": 'found "", wanted an IPv6 address in the brackets',
  "*:80": 'found "*", wanted an IP address or a host name',
  "a b:80": 'found "a b", wanted an IP address or a host name',
  "http://localhost:80": `wanted no scheme but ${FORMS}`,
  "vsock://:9101": "vsock isn't supported",
  "unix:": 'wanted an absolute path after "unix:"',
  "unix:a.sock": 'wanted an absolute path after "unix:"',
  "unix:@abstract": 'wanted an absolute path after "unix:"',
  "unix:/a\0b": 'wanted an absolute path after "unix:"',
  [`unix:/${"a".repeat(107)}`]: "a socket's path has at most 107 bytes",
};

for (const [text, reason] of Object.entries(REFUSED)) {
  test(`refused: ${JSON.stringify(text)}`, () => {
    assert.throws(
      () => parseAddress(text),
      (error: Error) => error.message.startsWith("Invalid listen address ") && error.message.endsWith(`: ${reason}`),
    );
  });
}

test("addresses are shown as they are written", () => {
  for (const text of [":9101", "127.0.0.1:1", "[::1]:9101", "unix:/run/a.sock"])
    assert.is(formatAddress(parseAddress(text)), text);
  assert.is(formatHostAndPort("::", 9101), "[::]:9101");
});

test.run();
