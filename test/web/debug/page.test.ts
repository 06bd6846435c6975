import { test } from "uvu";
import * as assert from "uvu/assert";
import { debugPage } from "../../../src/web/debug/page.ts";
import { html } from "../../../src/web/page/html.ts";

test("the title is escaped, the body is HTML", () => {
  const page = debugPage('/<b>&"', html`<p>body</p>`);
  assert.match(page, /^<!DOCTYPE html>\n<html lang="en">/);
  assert.ok(page.includes("<title>memory_exporter: /&#60;b&#62;&#38;&#34;</title>"));
  assert.ok(page.includes("\n<p>body</p>\n"));
  assert.not.match(page, /<b>|<script|\son\w+=|https:/);
});

test("the links home and to the style sheet are relative, from each depth", () => {
  for (const [path, home] of [
    ["/debug/", "../"],
    ["/debug/commands", "../"],
    ["/debug/pprof/", "../../"],
  ] as const) {
    const page = debugPage(path, html``);
    assert.ok(page.includes(`<a href="${home}">memory_exporter<`), page);
    assert.ok(page.includes(`href="${home}-/assets/page.css"`), page);
  }
});

test.run();
