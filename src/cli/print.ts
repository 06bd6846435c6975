import { didYouMean } from "../nearest.ts";
import { defaultsFile } from "../print/defaults.ts";
import { manPage } from "../print/man.ts";
import type { Program } from "../print/program.ts";
import { discoveryConfig, scrapeConfig } from "../print/scrape_config.ts";
import { systemdSocket, systemdUnit } from "../print/systemd.ts";
import { quote } from "../text.ts";
import { buildInfo } from "../version.ts";
import { formatHostAndPort, parseAddress } from "../web/address.ts";
import { DISCOVERY_PATH } from "../web/discovery.ts";
import { collectedBy } from "./configured.ts";
import { type CommandLine, environmentName, readFlags, shownFlags, UsageError } from "./flags.ts";
import { EXIT, EXIT_MEANINGS, type Host } from "./host.ts";
import { PRINTED, type Printed } from "./print_kinds.ts";
import { printTables } from "./tables.ts";

/** The word after the kind, if there is one, and the command line with its flags. */
type Asked = {
  readonly which: string | undefined;
  readonly line: CommandLine;
  readonly host: Host;
  readonly program: Program;
};

/** Rejects flags that have no effect on what is printed. @throws UsageError */
function plain({ line, host }: Asked): void {
  readFlags(printTables.plain, line, host.environment);
}

/** Functions that make the text of each kind. Modules are loaded on demand. */
const MAKERS: Readonly<Record<Printed, (asked: Asked) => string | Promise<string>>> = {
  "systemd-unit": (asked) => {
    const { program } = readFlags(printTables.unit, asked.line, asked.host.environment);
    const which = whichOf("systemd-unit", asked.which ?? "serve");
    return systemdUnit(which, { program, variableOf: environmentName });
  },
  "systemd-socket": (asked) => {
    const { listenAddresses } = readFlags(printTables.socket, asked.line, asked.host.environment);
    return systemdSocket(listenAddresses, { variableOf: environmentName });
  },
  defaults: (asked) => {
    plain(asked);
    const which = whichOf("defaults", asked.which ?? "serve");
    const command = asked.program.commands.find(({ name }) => name === which);
    return command ? defaultsFile(command, environmentName) : "";
  },
  "scrape-config": (asked) => {
    if (asked.which === undefined) return scrapeConfig(scraped(asked));
    whichOf("scrape-config", asked.which);
    return discoveryConfig(scraped(asked, DISCOVERY_PATH));
  },
  alerts: async ({ line, host }) => {
    const { runbook, ...flags } = readFlags(printTables.alerts, line, host.environment);
    if (flags.usedCriticalRatio < flags.usedRatio)
      throw new UsageError(
        "--alerts.used-critical-ratio: found less than --alerts.used-ratio, wanted at least as much",
      );
    const { alertFile } = await import("../print/rule_files.ts");
    return alertFile(flags, flags, runbook);
  },
  "recording-rules": async ({ line, host }) => {
    const flags = readFlags(printTables.rules, line, host.environment);
    const { recordingRuleFile } = await import("../print/rule_files.ts");
    return recordingRuleFile(flags);
  },
  dashboard: async ({ line, host }) => {
    const { namespace } = readFlags(printTables.dashboard, line, host.environment);
    const { dashboard } = await import("../print/dashboard.ts");
    return dashboard(namespace);
  },
  completion: async (asked) => {
    plain(asked);
    const which = whichOf("completion", asked.which ?? "");
    const { completion } = await import("../print/completion.ts");
    return completion(which, asked.program);
  },
  man: (asked) => {
    plain(asked);
    const { version, date } = buildInfo();
    const day = /^(\d{4})(\d\d)(\d\d)-/.exec(date)?.slice(1).join("-") ?? "";
    return manPage(asked.program, { version, date: day, statuses: EXIT_MEANINGS, variableOf: environmentName });
  },
  config: async ({ line, host }) => {
    const collected = await collectedBy(readFlags(printTables.config, line, host.environment), host);
    const { effectiveConfig } = await import("../print/effective_config.ts");
    const named =
      collected.commands ?? collected.sources.map((source) => ({ name: source.name, shape: source, parameters: [] }));
    const commands = named.map(({ parameters, ...command }) => ({
      ...command,
      parameters: parameters.map(({ name, pattern, maxLength, fallback }) => ({ name, pattern, maxLength, fallback })),
    }));
    const flagsShown = shownFlags(printTables.config, line, host.environment);
    return effectiveConfig(flagsShown, commands, collected.maxConcurrent);
  },
  "config-schema": async (asked) => {
    plain(asked);
    const { configSchema } = await import("../config/json_schema.ts");
    return `${JSON.stringify(configSchema(), null, 2)}\n`;
  },
  "third-party-notices": async (asked) => {
    plain(asked);
    const { thirdPartyNotices } = await import("../print/notices.ts");
    return thirdPartyNotices(buildInfo().tags);
  },
};

/** `memory_exporter print KIND [WHICH]`: prints files that belong to the program. */
export async function print(line: CommandLine, host: Host, program: Program): Promise<number> {
  const [, text = "", which] = line.words;
  const kind = wordOf("print", text, Object.keys(PRINTED) as Printed[]);
  if (which !== undefined && !("followers" in PRINTED[kind]))
    throw new UsageError(`print ${kind}: found ${quote(which)} after it, wanted nothing`);
  await host.writeOut(await MAKERS[kind]({ which, line, host, program }));
  return EXIT.ok;
}

/** Checks the word after a kind. @throws UsageError */
function whichOf<Kind extends "systemd-unit" | "scrape-config" | "completion" | "defaults">(kind: Kind, text: string) {
  return wordOf<(typeof PRINTED)[Kind]["followers"][number]>(`print ${kind}`, text, PRINTED[kind].followers);
}

/** @throws UsageError if `text` is none of `words`. */
function wordOf<T extends string>(where: string, text: string, words: readonly T[]): T {
  const found = words.find((word) => word === text);
  if (found !== undefined) return found;
  throw new UsageError(`${where}: found ${quote(text)}${didYouMean(text, words)}, wanted one of ${words.join(", ")}`);
}

/** How to scrape a path with these flags: at the external URL if it is given, otherwise at the listen addresses. */
function scraped({ line, host }: Asked, path?: string): Parameters<typeof scrapeConfig>[0] {
  const { listenAddresses, telemetryPath, externalUrl, ...flags } = readFlags(
    printTables.scrape,
    line,
    host.environment,
  );
  const routePrefix = flags.routePrefix ?? externalUrl?.path ?? "";
  if (externalUrl !== undefined && externalUrl.origin !== "") {
    const { host: target, protocol } = new URL(externalUrl.origin);
    return {
      targets: [target],
      scheme: protocol === "https:" ? "https" : "http",
      path: externalUrl.path + (path ?? telemetryPath),
    };
  }
  const targets = listenAddresses.map(parseAddress).flatMap((address) => {
    return address.kind === "tcp" ? [formatHostAndPort(address.host ?? "localhost", address.port)] : [];
  });
  if (targets.length === 0)
    throw new UsageError("print scrape-config: found no address that Prometheus can reach, wanted a host and port");
  return { targets, scheme: "http", path: routePrefix + (path ?? telemetryPath) };
}
