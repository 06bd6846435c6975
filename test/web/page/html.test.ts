import { test } from "uvu";
import * as assert from "uvu/assert";
import { escapeHtml, html } from "../../../src/web/page/html.ts";

test("text is escaped, between tags and in attributes, and HTML stays as it is", () => {
  const hostile = `<b class='x'>"&"</b>`;
  const escaped = "&#60;b class=&#39;x&#39;&#62;&#34;&#38;&#34;&#60;/b&#62;";
  assert.is(escapeHtml(hostile), escaped);
  assert.is(
    html`<p title="${hostile}">${html`<i>${hostile}</i>`}</p>`.html,
    `<p title="${escaped}"><i>${escaped}</i></p>`,
  );
});

test("lists are joined, numbers are written, and undefined is left out", () => {
  const items = ["a", "<"].map((item) => html`<li>${item}</li>`);
  assert.is(html`<ul>${items}</ul>${undefined}${1.5}`.html, "<ul><li>a</li><li>&#60;</li></ul>1.5");
});

test.run();
