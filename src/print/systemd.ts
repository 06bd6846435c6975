/** Units for systemd. Flags are set by environment variables in a file in /etc/default. */

/** Data of a unit that isn't fixed. */
type Facts = {
  /** Path of the program. */
  readonly program: string;
  /** The environment variable of a flag. */
  readonly variableOf: (flag: string) => string;
};

/** The lines of a unit by section: `Key=value` or a comment. */
type Unit = Readonly<Record<string, readonly string[]>>;

/** Limits for the exporter and its commands. The exporter alone needs 64 MiB (docs/operations.md). */
const BOUNDS = [
  "",
  "# SIGTERM is sent to the exporter, which kills its commands. Remaining processes are killed by systemd.",
  "KillMode=mixed",
  "TasksMax=256",
  "MemoryHigh=192M",
  "MemoryMax=512M",
];

const SERVER_BOUNDS = [...BOUNDS, "OOMPolicy=continue", "TimeoutStopSec=10", "LimitNOFILE=8192"];

/** Start and restart of a long-running service. */
const STAYS = [
  "Type=notify",
  "Restart=on-failure",
  "RestartSec=5",
  "# With a wrong flag or configuration, a restart would fail again.",
  "RestartPreventExitStatus=1",
  "DynamicUser=yes",
];

/** Restrictions of a service. @param network allowed address families. @param capabilities capabilities of root that are kept. */
function hardening(network: string, capabilities = "", umask = "0077"): readonly string[] {
  return [
    "",
    "# MemoryDenyWriteExecute can't be used, since the JIT compiler needs writable and executable memory.",
    "NoNewPrivileges=yes",
    `CapabilityBoundingSet=${capabilities}`,
    "AmbientCapabilities=",
    "ProtectSystem=strict",
    "ProtectHome=yes",
    "PrivateTmp=yes",
    "PrivateDevices=yes",
    "ProtectClock=yes",
    "ProtectHostname=yes",
    "ProtectKernelLogs=yes",
    "ProtectKernelModules=yes",
    "ProtectKernelTunables=yes",
    "ProtectControlGroups=yes",
    `RestrictAddressFamilies=${network}`,
    "RestrictNamespaces=yes",
    "RestrictRealtime=yes",
    "RestrictSUIDSGID=yes",
    "LockPersonality=yes",
    "RemoveIPC=yes",
    "SystemCallArchitectures=native",
    "SystemCallFilter=@system-service",
    `UMask=${umask}`,
  ];
}

const NETWORK = "AF_INET AF_INET6 AF_UNIX";
const ONLINE = ["After=network-online.target", "Wants=network-online.target"];
const AT_BOOT = ["WantedBy=multi-user.target"];

const serve = ({ program, variableOf }: Facts): Unit => ({
  Unit: [
    "Description=Prometheus exporter for the output of memory commands",
    "Documentation=man:memory_exporter(1)",
    ...ONLINE,
  ],
  Service: [
    `ExecStart=${program}`,
    "ExecReload=/bin/kill -HUP $MAINPID",
    "EnvironmentFile=-/etc/default/memory_exporter",
    ...STAYS,
    "# Directories below /run for sockets, and below /etc for --config.file.",
    "RuntimeDirectory=memory_exporter",
    "ConfigurationDirectory=memory_exporter",
    "# A web configuration that only root can read (0600 or 0640), passed to the service at its start:",
    "#LoadCredential=web.yml:/etc/memory_exporter/web.yml",
    `#Environment=${variableOf("web.config.file")}=%d/web.yml`,
    ...SERVER_BOUNDS,
    ...hardening(NETWORK),
  ],
  Install: AT_BOOT,
});

const push = ({ program, variableOf }: Facts): Unit => ({
  Unit: [
    "Description=Pushes metrics of memory commands to Prometheus, a Pushgateway or an OTLP receiver",
    "Documentation=man:memory_exporter(1)",
    ...ONLINE,
    "ConditionPathExists=/etc/default/memory_exporter-push",
  ],
  Service: [
    `# Flags are set by environment variables: ${variableOf("push.url")}=https://prometheus.example.com/api/v1/write`,
    "EnvironmentFile=/etc/default/memory_exporter-push",
    `ExecStart=${program} push`,
    ...STAYS,
    "# For --push.spool=/var/lib/memory_exporter-push and the files of --push.config.file.",
    "StateDirectory=memory_exporter-push",
    "StateDirectoryMode=0700",
    "ConfigurationDirectory=memory_exporter",
    ...SERVER_BOUNDS,
    ...hardening(NETWORK),
  ],
  Install: AT_BOOT,
});

const textfile = ({ program, variableOf }: Facts): Unit => ({
  Unit: [
    "Description=Writes metrics of memory commands for node_exporter's textfile collector",
    "Documentation=man:memory_exporter(1)",
  ],
  Service: [
    "Type=oneshot",
    `# For another directory, set ${variableOf("textfile.path")}, and ReadWritePaths= by \`systemctl edit\`.`,
    `Environment=${variableOf("textfile.path")}=/var/lib/prometheus/node-exporter/memory.prom`,
    "EnvironmentFile=-/etc/default/memory_exporter-textfile",
    `ExecStart=${program} textfile`,
    "ReadWritePaths=-/var/lib/prometheus/node-exporter -/var/lib/node_exporter",
    "TimeoutStartSec=30",
    ...BOUNDS,
    "# The directory belongs to another user.",
    "PrivateNetwork=yes",
    ...hardening("AF_UNIX", "CAP_DAC_OVERRIDE", "0022"),
  ],
});

const textfileTimer = (): Unit => ({
  Unit: ["Description=Runs memory_exporter-textfile.service every minute"],
  Timer: ["OnCalendar=minutely", "AccuracySec=1s", "RandomizedDelaySec=5s"],
  Install: ["WantedBy=timers.target"],
});

/** The units by subcommand. */
const UNITS = { serve, push, textfile, "textfile-timer": textfileTimer } as const;

/** The text of a unit. */
export function systemdUnit(which: keyof typeof UNITS, facts: Facts): string {
  return unitText(UNITS[which](facts));
}

/** A socket unit for the service of serve, which uses it only with --web.systemd-socket. */
export function systemdSocket(addresses: readonly string[], { variableOf }: Pick<Facts, "variableOf">): string {
  return unitText({
    Unit: ["Description=Socket of memory_exporter", "Documentation=man:memory_exporter(1)"],
    Socket: [
      `# The service uses this socket with ${variableOf("web.systemd-socket")}=true in /etc/default/memory_exporter.`,
      ...addresses.map((address) => `ListenStream=${streamOf(address)}`),
      "# Listen even if the address is not configured yet.",
      "FreeBind=yes",
    ],
    Install: ["WantedBy=sockets.target"],
  });
}

/** An address in the syntax of systemd.socket(5). A port alone means all addresses. */
function streamOf(address: string): string {
  return address.replace(/^unix:/, "").replace(/^:(?=\d+$)/, "");
}

function unitText(unit: Unit): string {
  const sections = Object.entries(unit).map(([name, lines]) => [`[${name}]`, ...lines, ""].join("\n"));
  return sections.join("\n");
}
