import { test } from "uvu";
import * as assert from "uvu/assert";
import { debugPage } from "../../../src/web/debug/page.ts";

test("the title is escaped, the body is HTML", () => {
  const html = debugPage('/<b>&"', "<p>body</p>");
  assert.match(html, /^<!DOCTYPE html>\n<html lang="en">/);
  assert.ok(html.includes("<title>memory_exporter: /&#60;b&#62;&#38;&#34;</title>"));
  assert.ok(html.includes("\n<p>body</p>\n"));
  assert.not.match(html, /<b>|<script|\son\w+=|https?:/);
});

test("the link home is relative, from each depth", () => {
  assert.match(debugPage("/debug/commands", ""), /<a href="\.\.\/">memory_exporter</);
  assert.match(debugPage("/debug/pprof/", ""), /<a href="\.\.\/\.\.\/">memory_exporter</);
});

test.run();
