import { type Checked, formatProblem, type Problem } from "../config/problem.ts";
import { contextOf } from "./configured.ts";
import { type CommandLine, readFlags, UsageError } from "./flags.ts";
import { EXIT, type Host } from "./host.ts";
import { checkFlags } from "./tables.ts";

/**
 * `memory_exporter check`: validates configuration files without starting anything. Programs and files that don't exist on this
 * machine are warnings, since the configuration may be for another machine.
 */
export async function check(line: CommandLine, host: Host): Promise<number> {
  const flags = readFlags(checkFlags, line, host.environment);
  const { configFiles, webConfigFile, pushConfigFile } = flags;
  const say = (level: "error" | "warning") => (problem: Problem) =>
    host.writeError(`memory_exporter: ${level}: ${formatProblem(problem)}\n`);
  const results: { readonly checked: Checked<unknown>; readonly files: readonly string[] }[] = [];
  if (configFiles.length > 0) {
    const { readCommands } = await import("../config/commands.ts");
    const checked = await readCommands(configFiles, { ...contextOf(flags, host), warn: say("warning") });
    results.push({ checked, files: checked.kind === "ok" ? checked.value.files : [] });
  }
  if (webConfigFile !== undefined) {
    const { checkWebConfig } = await import("../config/web_config.ts");
    const { createTextReader } = await import("../config/file.ts");
    results.push({ checked: await checkWebConfig(webConfigFile, createTextReader()), files: [webConfigFile] });
  }
  if (pushConfigFile !== undefined) {
    const { checkHttpClient } = await import("../config/http_client.ts");
    const { environment } = host;
    results.push({ checked: await checkHttpClient(pushConfigFile, { environment }), files: [pushConfigFile] });
  }
  const wanted = "wanted one of --config.file, --web.config.file, --push.config.file";
  if (results.length === 0) throw new UsageError(`check: found no file to check, ${wanted}`);
  const bad = results.flatMap(({ checked }) => (checked.kind === "bad" ? checked.problems : []));
  for (const problem of bad) say("error")(problem);
  if (bad.length > 0) return EXIT.failed;
  await host.writeOut(results.flatMap(({ files }) => files.map((file) => `${file}: valid\n`)).join(""));
  return EXIT.ok;
}
