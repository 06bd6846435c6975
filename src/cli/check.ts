import { formatProblem, type Problem } from "../config/problem.ts";
import { contextOf } from "./configured.ts";
import { type CommandLine, readFlags, UsageError } from "./flags.ts";
import { EXIT, type Host } from "./host.ts";
import { checkFlags } from "./tables.ts";

/** `memory_exporter check`: validates configuration files as a start would, and starts nothing. */
export async function check(line: CommandLine, host: Host): Promise<number> {
  const flags = readFlags(checkFlags, line, host.environment);
  const { configFiles, webConfigFile, pushConfigFile } = flags;
  if (configFiles.length === 0 && webConfigFile === undefined && pushConfigFile === undefined)
    throw new UsageError(
      "check: found no file to check, wanted one of --config.file, --web.config.file, --push.config.file",
    );
  const bad: Problem[] = [];
  const good: string[] = [];
  if (configFiles.length > 0) {
    const { readCommands } = await import("../config/commands.ts");
    const commands = await readCommands(configFiles, contextOf(flags, host));
    if (commands.kind === "bad") bad.push(...commands.problems);
    else good.push(...commands.value.files);
  }
  if (webConfigFile !== undefined) {
    const { checkWebConfig } = await import("../config/web_config.ts");
    const { createTextReader } = await import("../config/file.ts");
    const checked = await checkWebConfig(webConfigFile, createTextReader());
    if (checked.kind === "bad") bad.push(...checked.problems);
    else good.push(webConfigFile);
  }
  if (pushConfigFile !== undefined) {
    const { checkHttpClient } = await import("../config/http_client.ts");
    const checked = await checkHttpClient(pushConfigFile, { environment: host.environment });
    if (checked.kind === "bad") bad.push(...checked.problems);
    else good.push(pushConfigFile);
  }
  for (const problem of bad) host.writeError(`memory_exporter: error: ${formatProblem(problem)}\n`);
  if (bad.length > 0) return EXIT.failed;
  await host.writeOut(good.map((file) => `${file}: valid\n`).join(""));
  return EXIT.ok;
}
