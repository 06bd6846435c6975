/** Units for systemd. Flags come by environment, from a file below /etc/default. */

/** What a unit is made for: where the program is, and how its flags are called in the environment. */
type Facts = {
  /** Path of the program. */
  readonly program: string;
  /** The variable that stands for a flag. */
  readonly variableOf: (flag: string) => string;
};

/** Sections of a unit: its lines, `Key=value` or a comment. */
type Unit = Readonly<Record<string, readonly string[]>>;

/** What holds whatever a command does to get away. The exporter alone needs 64 MiB (docs/operations.md). */
const BOUNDS = [
  "",
  "# SIGTERM is for the exporter, which ends its commands. What is left then is killed, whatever it did to get away.",
  "KillMode=mixed",
  "TasksMax=256",
  "MemoryHigh=192M",
  "MemoryMax=512M",
];

const SERVER_BOUNDS = [...BOUNDS, "OOMPolicy=continue", "TimeoutStopSec=10", "LimitNOFILE=8192"];

/** How a service that stays is started. */
const STAYS = [
  "Type=notify",
  "Restart=on-failure",
  "RestartSec=5",
  "# A wrong flag or configuration is no better five seconds later.",
  "RestartPreventExitStatus=1",
  "DynamicUser=yes",
];

/** What a service may do; `network` says which sockets, `capabilities` what of root's rights is left. */
function hardening(network: string, capabilities = "", umask = "0077"): readonly string[] {
  return [
    "",
    "# The JIT compiler needs writable and executable memory: no MemoryDenyWriteExecute.",
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
    "Description=Prometheus exporter of what the memory command prints",
    "Documentation=man:memory_exporter(1)",
    ...ONLINE,
  ],
  Service: [
    `ExecStart=${program}`,
    "ExecReload=/bin/kill -HUP $MAINPID",
    "EnvironmentFile=-/etc/default/memory_exporter",
    ...STAYS,
    "# Below /run, for sockets, and below /etc, for --config.file.",
    "RuntimeDirectory=memory_exporter",
    "ConfigurationDirectory=memory_exporter",
    "# A web configuration that only root can read (0600 or 0640), handed to the service when it starts:",
    "#LoadCredential=web.yml:/etc/memory_exporter/web.yml",
    `#Environment=${variableOf("web.config.file")}=%d/web.yml`,
    ...SERVER_BOUNDS,
    ...hardening(NETWORK),
  ],
  Install: AT_BOOT,
});

const push = ({ program, variableOf }: Facts): Unit => ({
  Unit: [
    "Description=Pushes what the memory command prints to a Prometheus, a Pushgateway or an OTLP receiver",
    "Documentation=man:memory_exporter(1)",
    ...ONLINE,
    "ConditionPathExists=/etc/default/memory_exporter-push",
  ],
  Service: [
    `# Flags come by environment: ${variableOf("push.url")}=https://prometheus.example.com/api/v1/write`,
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
    "Description=Writes what the memory command prints for node_exporter's textfile collector",
    "Documentation=man:memory_exporter(1)",
  ],
  Service: [
    "Type=oneshot",
    `# Where the collector of this machine reads: set ${variableOf("textfile.path")}, and ReadWritePaths= by \`systemctl edit\`.`,
    `Environment=${variableOf("textfile.path")}=/var/lib/prometheus/node-exporter/memory.prom`,
    "EnvironmentFile=-/etc/default/memory_exporter-textfile",
    `ExecStart=${program} textfile`,
    "ReadWritePaths=-/var/lib/prometheus/node-exporter -/var/lib/node_exporter",
    "TimeoutStartSec=30",
    ...BOUNDS,
    "# The folder belongs to another user.",
    "PrivateNetwork=yes",
    ...hardening("AF_UNIX", "CAP_DAC_OVERRIDE", "0022"),
  ],
});

const textfileTimer = (): Unit => ({
  Unit: ["Description=Runs memory_exporter-textfile.service every minute"],
  Timer: ["OnCalendar=minutely", "AccuracySec=1s", "RandomizedDelaySec=5s"],
  Install: ["WantedBy=timers.target"],
});

/** The units by what they run. */
const UNITS = { serve, push, textfile, "textfile-timer": textfileTimer } as const;

/** The text of a unit. */
export function systemdUnit(which: keyof typeof UNITS, facts: Facts): string {
  return unitText(UNITS[which](facts));
}

/** A socket unit beside the service of serve, which has to be told to use it. */
export function systemdSocket(addresses: readonly string[], { variableOf }: Pick<Facts, "variableOf">): string {
  return unitText({
    Unit: ["Description=Socket of memory_exporter", "Documentation=man:memory_exporter(1)"],
    Socket: [
      `# With ${variableOf("web.systemd-socket")}=true in /etc/default/memory_exporter the service serves on it.`,
      ...addresses.map((address) => `ListenStream=${streamOf(address)}`),
      "# An address that comes later is no reason to fail.",
      "FreeBind=yes",
    ],
    Install: ["WantedBy=sockets.target"],
  });
}

/** An address as systemd.socket(5) writes it: a port alone stands for all addresses. */
function streamOf(address: string): string {
  return address.replace(/^unix:/, "").replace(/^:(?=\d+$)/, "");
}

function unitText(unit: Unit): string {
  const sections = Object.entries(unit).map(([name, lines]) => [`[${name}]`, ...lines, ""].join("\n"));
  return sections.join("\n");
}
