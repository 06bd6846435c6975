import type { Command, ShownFlag } from "./program.ts";

/**
 * A file for /etc/default in the format of EnvironmentFile= (systemd.exec(5)): all flags of a command as variables with their help
 * and default, commented out.
 */
export function defaultsFile({ name, flags }: Command, variableOf: (flag: string) => string): string {
  const own = flags.filter((flag) => !["help", "version"].includes(flag.name));
  const groups = Map.groupBy(own, ({ group }) => group);
  const sections = [...groups].map(([group, members]) => [`## ${group}`, ...members.map(entry)].join("\n\n"));
  const heading = `# Flags of memory_exporter ${name}. Remove the # before a variable to set it. Several values are separated by commas.`;
  return `${[heading, ...sections].join("\n\n")}\n`;

  function entry({ name: flag, help, shown, placeholder }: ShownFlag): string {
    const value = shown ?? (placeholder === undefined ? "false" : "");
    return `# ${help}\n#${variableOf(flag)}="${value.replace(/["\\$`]/g, "\\$&")}"`;
  }
}
