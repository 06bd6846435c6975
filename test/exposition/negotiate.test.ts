import { test } from "uvu";
import * as assert from "uvu/assert";
import { acceptedEncoding, type Encoding, negotiate } from "../../src/exposition/negotiate.ts";
import { guarded } from "../guard.ts";

const TEXT = "text/plain; version=0.0.4; charset=utf-8; escaping=underscores";
const TEXT_UTF8 = "text/plain; version=0.0.4; charset=utf-8; escaping=allow-utf-8";
const OM_1 = "application/openmetrics-text; version=1.0.0; charset=utf-8; escaping=underscores";
const OM_1_UTF8 = "application/openmetrics-text; version=1.0.0; charset=utf-8; escaping=allow-utf-8";
const OM_0 = "application/openmetrics-text; version=0.0.1; charset=utf-8; escaping=underscores";

const PROTOBUF = "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited";

const ACCEPT: readonly (readonly [string, string | undefined, string])[] = [
  [
    "Prometheus 3",
    "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2",
    OM_1_UTF8,
  ],
  [
    "Prometheus 3 with native histograms",
    `${PROTOBUF};q=0.6,application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3,text/plain;version=0.0.4;q=0.2,*/*;q=0.1`,
    OM_1_UTF8,
  ],
  [
    "Prometheus 3 with text alone",
    "text/plain;version=1.0.0;escaping=allow-utf-8;q=0.6,text/plain;version=0.0.4;q=0.5,*/*;q=0.4",
    TEXT_UTF8,
  ],
  [
    "Prometheus 2.42",
    "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
    OM_1,
  ],
  ["Prometheus 2.5", "application/openmetrics-text; version=0.0.1,text/plain;version=0.0.4;q=0.5,*/*;q=0.1", OM_0],
  ["Prometheus 1", `${PROTOBUF};q=0.7,text/plain;version=0.0.4;q=0.3,*/*;q=0.1`, TEXT],
  ["VictoriaMetrics", "text/plain;version=0.0.4;q=1,*/*;q=0.1", TEXT],
  ["curl", "*/*", TEXT],
  [
    "a browser",
    "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8,application/signed-exchange;v=b3;q=0.7",
    TEXT,
  ],
  ["no header", undefined, TEXT],
  ["an empty header", "", TEXT],
  ["OpenMetrics without a version", "application/openmetrics-text", OM_0],
  ["OpenMetrics of a version to come", "application/openmetrics-text;version=2.0.0", TEXT],
  [
    "a version to come first",
    "application/openmetrics-text;version=2.0.0,application/openmetrics-text;version=1.0.0;q=0.5",
    OM_1,
  ],
  ["text of a version to come", "text/plain;version=1.0.0,application/openmetrics-text;version=1.0.0;q=0.1", OM_1],
  ["text before OpenMetrics", "text/plain,application/openmetrics-text", TEXT],
  ["equal q: the first", "application/openmetrics-text;version=1.0.0;q=0.5,text/plain;q=0.5", OM_1],
  ["the highest q", "text/plain;q=0.2,application/openmetrics-text;version=1.0.0;q=0.3", OM_1],
  ["a wildcard doesn't win OpenMetrics", "*/*,application/openmetrics-text;version=1.0.0;q=0.3", OM_1],
  ["OpenMetrics refused", "application/openmetrics-text;version=1.0.0;q=0,*/*", TEXT],
  ["OpenMetrics refused in three digits", "application/openmetrics-text;version=1.0.0;q=0.000", TEXT],
  ["everything refused", "*/*;q=0, text/plain;q=0", TEXT],
  ["a refused clause sets no scheme", "application/openmetrics-text;version=1.0.0;escaping=dots;q=0,text/plain", TEXT],
  ["a q that is none", "application/openmetrics-text;version=1.0.0;q=high", TEXT],
  ["a q above one", "application/openmetrics-text;version=1.0.0;q=2", TEXT],
  ["a negative q", "application/openmetrics-text;version=1.0.0;q=-1", TEXT],
  ["spaces, capitals and quotes", ' Application/OpenMetrics-Text ; Version="1.0.0" ; Q=0.9 ', OM_1],
  ["a scheme that isn't known", "application/openmetrics-text;version=1.0.0;escaping=rot13", OM_1],
  [
    "a scheme of a clause that isn't chosen",
    "foo/bar;escaping=values,text/plain;q=0.5",
    "text/plain; version=0.0.4; charset=utf-8; escaping=values",
  ],
  [
    "the last scheme on the way",
    "foo/bar;escaping=values,text/plain;escaping=dots;q=0.5",
    "text/plain; version=0.0.4; charset=utf-8; escaping=dots",
  ],
  ["no scheme from behind the chosen clause", "text/plain,foo/bar;escaping=values;q=0.1", TEXT],
  ["a line break in a scheme", "text/plain;escaping=dots\r\nSet-Cookie: a", TEXT],
  ["separators alone", ",;=,/;;q,=;", TEXT],
  ["a parameter without a name", "application/openmetrics-text;=1.0.0;version=1.0.0", OM_1],
  ["a type without a subtype", "application;version=1.0.0,text", TEXT],
];

for (const [name, accept, contentType] of ACCEPT) {
  test(`Accept of ${name}`, () => {
    assert.equal(negotiate(accept), {
      format: contentType.startsWith("text/plain") ? "text" : "openmetrics",
      contentType,
      escaping: contentType.split("escaping=")[1],
    });
  });
}

const ALL: readonly Encoding[] = ["identity", "gzip", "zstd"];

const ACCEPT_ENCODING: readonly (readonly [string | undefined, readonly Encoding[], Encoding])[] = [
  [undefined, ALL, "identity"],
  ["", ALL, "identity"],
  ["gzip", ALL, "gzip"],
  ["zstd", ALL, "zstd"],
  ["zstd", ["identity", "gzip"], "identity"],
  ["gzip, deflate, br, zstd", ALL, "gzip"],
  ["zstd, gzip", ALL, "gzip"],
  ["gzip;q=0.5, zstd;q=0.8", ALL, "zstd"],
  ["gzip;q=0.5", ALL, "gzip"],
  ["identity, gzip", ALL, "identity"],
  ["identity;q=0.5, gzip", ALL, "gzip"],
  ["gzip;q=0", ALL, "identity"],
  ["gzip;q=0, *", ["gzip", "zstd"], "zstd"],
  ["gzip;q=0, *", ALL, "identity"],
  ["*", ALL, "identity"],
  ["*", ["gzip", "zstd"], "gzip"],
  ["*;q=0", ALL, "identity"],
  ["identity;q=0, *;q=0", ALL, "identity"],
  ["*;q=0.1, gzip;q=0.9", ALL, "gzip"],
  ["gzip;q=abc", ALL, "identity"],
  ["GZIP ; Q=1.000", ALL, "gzip"],
  ["gzip;q=0.1, gzip;q=0.9, zstd;q=0.5", ALL, "gzip"],
  ["br, deflate", ALL, "identity"],
  [",,;;q=", ALL, "identity"],
];

for (const [header, offered, wanted] of ACCEPT_ENCODING) {
  test(`Accept-Encoding ${JSON.stringify(header)} of ${offered.join(" ")}`, () => {
    assert.is(acceptedEncoding(header, offered), wanted);
  });
}

test("a long hostile header is read in linear time", () => {
  const hostile = [",", ";", "=", "a/b;q=0.5,", "a/b;q=1.000", `a/b;q=${"0".repeat(100)}`, '"', " ", "*;", "\t"];
  for (const piece of hostile) {
    const header = piece.repeat(Math.ceil(2 ** 20 / piece.length));
    guarded(JSON.stringify(piece), () => {
      assert.is(negotiate(header).contentType, TEXT);
      assert.is(acceptedEncoding(header, ALL), "identity");
    });
  }
});

test.run();
