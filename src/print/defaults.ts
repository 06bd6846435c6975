import type { Command, ShownFlag } from "./program.ts";

/**
 * A file of variables for /etc/default, as systemd and shells read it (EnvironmentFile= of systemd.exec(5)): every flag of a
 * command with its help and its default, commented out.
 */
export function defaultsFile({ name, flags }: Command, variableOf: (flag: string) => string): string {
  const own = flags.filter((flag) => !["help", "version"].includes(flag.name));
  const groups = Map.groupBy(own, ({ group }) => group);
  const sections = [...groups].map(([group, members]) => [`## ${group}`, ...members.map(entry)].join("\n\n"));
  const heading = `# Flags of memory_exporter ${name}. Take away the # before a variable to set it; several values are separated by commas.`;
  return `${[heading, ...sections].join("\n\n")}\n`;

  function entry({ name: flag, help, shown, placeholder }: ShownFlag): string {
    const value = shown ?? (placeholder === undefined ? "false" : "");
    return `# ${help}\n#${variableOf(flag)}="${value.replace(/["\\$`]/g, "\\$&")}"`;
  }
}
