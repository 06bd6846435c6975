import type { Choice } from "../print/program.ts";

/** The kinds of `print`, and the words that can follow some of them. */
export const PRINTED = {
  "systemd-unit": {
    about: "A systemd unit, for serve unless push, textfile or textfile-timer is named.",
    followers: ["serve", "push", "textfile", "textfile-timer"],
  },
  defaults: {
    about: "A file for /etc/default with all flags of serve, push or textfile as variables, commented out.",
    followers: ["serve", "push", "textfile"],
  },
  "systemd-socket": { about: "A systemd unit for socket activation of serve." },
  "scrape-config": {
    about: "A scrape configuration for Prometheus. With discovery, each command is a target of its own.",
    followers: ["discovery"],
  },
  alerts: { about: "Alerting rules for Prometheus. Their runbooks are in docs/alerts.md." },
  "recording-rules": { about: "Recording rules for Prometheus." },
  dashboard: { about: "A dashboard for Grafana 10 and later." },
  completion: { about: "Completion for a shell: bash, zsh or fish.", followers: ["bash", "zsh", "fish"] },
  man: { about: "The manual page." },
  config: {
    about: "The effective configuration of serve with the same flags, variables and files, without secrets.",
  },
  "config-schema": { about: "A JSON Schema of --config.file." },
  "third-party-notices": { about: "The licenses of third-party software in this program." },
} as const satisfies Readonly<Record<string, Choice>>;

export type Printed = keyof typeof PRINTED;
