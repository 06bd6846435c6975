import { formatProblem } from "../config/problem.ts";
import { checkWebConfig } from "../config/web_config.ts";
import { type CommandLine, readFlags, UsageError } from "./flags.ts";
import { EXIT, type Host } from "./host.ts";
import { checkFlags } from "./tables.ts";

/** `memory_exporter check`: validates configuration files as a start would, and starts nothing. */
export async function check(line: CommandLine, host: Host): Promise<number> {
  const { webConfigFile } = readFlags(checkFlags, line, host.environment);
  if (webConfigFile === undefined) throw new UsageError("check: found no file to check, wanted --web.config.file");
  const problems = checkWebConfig(webConfigFile);
  for (const problem of problems) host.writeError(`memory_exporter: error: ${formatProblem(problem)}\n`);
  if (problems.length > 0) return EXIT.failed;
  await host.writeOut(`${webConfigFile}: valid\n`);
  return EXIT.ok;
}
