import { html } from "./html.ts";

/** The plain page at `/`: name, version and links. The links are relative, so that they work behind a proxy with a path prefix. */
export function landingPage({ version, telemetryPath }: { version: string; telemetryPath: string }): string {
  const links = [
    [telemetryPath, "Metrics", "what Prometheus scrapes"],
    ["/-/healthy", "Health", "whether the exporter runs"],
    ["/-/ready", "Readiness", "whether the first run of the commands has ended"],
  ] as const;
  const items = links.map(([href, text, about]) => html`<li><a href=".${href}">${text}</a>: ${about}</li>\n`);
  return html`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>memory_exporter</title>
<style>
body { font: 16px/1.5 system-ui, sans-serif; margin: 0; color: #222; background: #fff }
header { background: #e6522c; color: #fff; padding: .6rem 1rem }
h1 { font-size: 1.4rem; margin: 0 }
main { padding: 1rem }
a { color: #a8330f }
@media (prefers-color-scheme: dark) { body { color: #ddd; background: #1a1a1a } a { color: #ff9d7e } }
</style>
</head>
<body>
<header><h1>memory_exporter</h1></header>
<main>
<h2>Prometheus exporter of what the memory command prints</h2>
<div>Version: ${version}</div>
<ul>
${items}</ul>
</main>
</body>
</html>
`.html;
}
