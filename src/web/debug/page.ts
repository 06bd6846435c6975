import { escapeHtml } from "../page/html.ts";

/** A page for those who look for a fault: plain, without scripts. `path` is its own, without a prefix; `body` is HTML. */
export function debugPage(path: string, body: string): string {
  // Relative, so that a proxy's prefix stays.
  const home = "../".repeat(path.split("/").length - 2);
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>memory_exporter: ${escapeHtml(path)}</title>
<style>
:root { color-scheme: light dark }
body { font: 16px/1.5 system-ui, sans-serif; margin: 0 }
header { background: #a8330f; color: #fff; padding: .6rem 1rem }
header a { color: #fff }
h1 { font-size: 1.4rem; margin: 0 }
main { padding: 1rem }
h2 { margin: 1.5rem 0 .5rem }
table { border-collapse: collapse }
th, td { text-align: left; vertical-align: top; padding: .25rem 1rem .25rem 0; border-bottom: 1px solid #8884 }
th { font-weight: 600 }
pre, code { font: .9em/1.4 ui-monospace, monospace; white-space: pre-wrap; overflow-wrap: anywhere }
pre { margin: 0 }
.ok { color: light-dark(#18692b, #7fd491) }
.failed { color: light-dark(#a3180c, #ff9d8f) }
</style>
</head>
<body>
<header><h1><a href="${home}">memory_exporter</a> ${escapeHtml(path)}</h1></header>
<main>
${body}
</main>
</body>
</html>
`;
}
