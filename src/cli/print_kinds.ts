import type { Choice } from "../print/program.ts";

/** What `print` can print, and the words that can come behind some of them. */
export const PRINTED = {
  "systemd-unit": {
    about: "A unit for systemd: of serve, or of push, textfile, or the timer of textfile.",
    followers: ["serve", "push", "textfile", "textfile-timer"],
  },
  defaults: {
    about: "A file for /etc/default: the flags of serve, push or textfile as variables, commented out.",
    followers: ["serve", "push", "textfile"],
  },
  "systemd-socket": { about: "A unit for systemd that opens the socket of serve before it starts." },
  "scrape-config": {
    about: "What Prometheus needs to scrape this exporter; with discovery, each of its commands by itself.",
    followers: ["discovery"],
  },
  alerts: { about: "Alerting rules for Prometheus, with their runbooks in docs/alerts.md." },
  "recording-rules": { about: "Recording rules for Prometheus." },
  dashboard: { about: "A dashboard for Grafana 10 and later." },
  completion: { about: "Completion for a shell: bash, zsh or fish.", followers: ["bash", "zsh", "fish"] },
  man: { about: "The manual page." },
  config: {
    about: "The configuration that serve would have with the same flags, variables and files, without secrets.",
  },
  "config-schema": { about: "A JSON Schema of --config.file." },
  "third-party-notices": { about: "The licenses of all that is part of this program." },
} as const satisfies Readonly<Record<string, Choice>>;

export type Printed = keyof typeof PRINTED;
