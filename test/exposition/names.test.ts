import { test } from "uvu";
import * as assert from "uvu/assert";
import { escapeNames } from "../../src/exposition/names.ts";
import type { Family, Labels } from "../../src/metric.ts";

function of(name: string, labels: Labels = {}, verbatim = true): Family {
  return {
    name,
    help: "",
    type: "gauge",
    samples: [{ labels, value: 1 }],
    ...(verbatim && { verbatim: true as const }),
  };
}

test("names that every client can read stay as they are", () => {
  const families = [of("a_b:c", { d_e: "é" }), of("é", {}, false)];
  for (const scheme of ["underscores", "dots", "values", "allow-utf-8"] as const) {
    assert.equal(
      escapeNames(families, scheme).map((family, i) => family === families[i]),
      [true, true],
    );
  }
});

test("schemes of Prometheus", () => {
  // From model.EscapeName's own tests, and a digit in front.
  const cases = [
    ["no:escaping.required", "no:escaping_required", "no:escaping_dot_required", "U__no:escaping_2e_required"],
    [
      "mysystem.prod.west.cpu.load_total",
      "mysystem_prod_west_cpu_load_total",
      "mysystem_dot_prod_dot_west_dot_cpu_dot_load__total",
      "U__mysystem_2e_prod_2e_west_2e_cpu_2e_load__total",
    ],
    ["http.status:sum", "http_status:sum", "http_dot_status:sum", "U__http_2e_status:sum"],
    ["label with 😱", "label_with__", "label__with____", "U__label_20_with_20__1f631_"],
    ["0a", "_a", "__a", "U___30_a"],
  ] as const;
  for (const [name, ...wanted] of cases) {
    const found = (["underscores", "dots", "values"] as const).map(
      (scheme) => escapeNames([of(name)], scheme)[0]?.name,
    );
    assert.equal(found, wanted);
  }
});

test("of two labels that become the same the first stays", () => {
  assert.equal(escapeNames([of("a", { "b.c": "1", "b-c": "2" })], "underscores")[0]?.samples[0]?.labels, { b_c: "1" });
});

test.run();
