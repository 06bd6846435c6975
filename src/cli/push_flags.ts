import { SECRET } from "../print/program.ts";
import { quote } from "../text.ts";
import { flagsOf, UsageError, type Values } from "./flags.ts";
import { duration, nonEmpty, oneOf, pair, positiveDuration, size, ValueError } from "./values.ts";

/** The flags of push and textfile, and the checks of their combinations. */

const { many, optional, toggle, value } = flagsOf("Push");
const ofTextfile = flagsOf("Textfile");

/** Protocols of `--push.protocol`. */
export const PROTOCOLS = ["pushgateway", "remote-write", "otlp"] as const;

/** A repeatable flag of pairs with different names. Undefined if it isn't given. */
function pairs(usage: string, shown: string, help: string, read: ReturnType<typeof pair>) {
  const readAll = (texts: readonly string[]): Readonly<Record<string, string>> | undefined => {
    const all = texts.map(read);
    const twice = all.find(([name], index) => all.findIndex(([other]) => other === name) !== index);
    if (twice !== undefined) throw new ValueError(`${quote(twice[0])} once`);
    return texts.length === 0 ? undefined : Object.fromEntries(all);
  };
  return { ...many(usage, help, read, { shown }), read: readAll };
}

/** Reads a URL. Messages don't show it if it may contain a password. */
function pushUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.username || url?.password) {
    throw new UsageError("--push.url: found credentials (not shown), wanted them in basic_auth of --push.config.file");
  }
  if (url && /^https?:$/.test(url.protocol) && url.hash === "") return url;
  const found = text.includes("@") ? "something else (not shown)" : quote(text);
  throw new UsageError(`--push.url: found ${found}, wanted a URL of http or https, like http://localhost:9091`);
}

export const pushing = {
  pushUrl: optional(
    "push.url=URL",
    "URL to push to: the base URL of a Pushgateway, or the endpoint of a server for remote write or OTLP.",
    pushUrl,
    { redact: (text) => text.replace(/\?.*$/s, `?${SECRET}`) },
  ),
  pushProtocol: value(
    "push.protocol=PROTOCOL",
    "pushgateway",
    `Protocol to push by: ${PROTOCOLS.join(", ")}.`,
    oneOf(PROTOCOLS),
  ),
  pushIntervalMs: value(
    "push.interval=DURATION",
    "15s",
    "Interval between pushes. With 0, push once and exit.",
    duration,
  ),
  pushTimeoutMs: value(
    "push.timeout=DURATION",
    "10s",
    "Timeout of one attempt. With --push.interval=0, timeout of all attempts together.",
    positiveDuration,
  ),
  pushJob: value(
    "push.job=NAME",
    "memory_exporter",
    "Value of the label job. With otlp, value of the resource attribute service.name.",
    nonEmpty,
  ),
  pushGrouping: pairs(
    "push.grouping=NAME=VALUE",
    "instance=<host name>",
    "Label of the Pushgateway's grouping key, in addition to job. Repeatable.",
    pair("NAME=VALUE with the name of a label, not job", /^(?!__|job$)[a-zA-Z_][a-zA-Z0-9_]*$/),
  ),
  pushLabels: pairs(
    "push.label=NAME=VALUE",
    "instance=<host name>",
    "Label to add to all series that don't have it. Repeatable. The label instance is always added, with the host name unless another value is given.",
    pair("NAME=VALUE with the name of a label", /^(?!__)[a-zA-Z_][a-zA-Z0-9_]*$/),
  ),
  pushMethod: value(
    "push.method=METHOD",
    "put",
    "How to push to a Pushgateway: put replaces all metrics of the group, post only those with the same names.",
    oneOf(["put", "post"]),
  ),
  pushDeleteOnExit: toggle("push.delete-on-exit", "Delete the group from the Pushgateway on exit."),
  pushConfigFile: optional(
    "push.config.file=PATH",
    "TLS, credentials, headers and proxy, in the format of Prometheus' HTTP client configuration.",
    nonEmpty,
  ),
  pushRemoteWriteVersion: value(
    "push.remote-write-version=VERSION",
    "1",
    "Version of remote write: 1 or 2. Falls back to 1 if the server doesn't support 2.",
    oneOf(["1", "2"]),
  ),
  pushQueueBytes: value(
    "push.queue-size=SIZE",
    "8MiB",
    "Size limit of the push queue. When it is reached, the oldest pages are dropped.",
    size,
  ),
  pushQueueAgeMs: value(
    "push.queue-age=DURATION",
    "1h",
    "Age limit of the push queue. Older pages are dropped.",
    positiveDuration,
  ),
  pushSpool: optional(
    "push.spool=DIR",
    "Directory in which the push queue is stored, so that it survives restarts and crashes.",
    nonEmpty,
  ),
  pushOtlpAttributes: pairs(
    "push.otlp-attribute=NAME=VALUE",
    "none",
    "Resource attribute to send with otlp. Repeatable.",
    pair("NAME=VALUE"),
  ),
} as const;

export const writingTextfile = {
  textfilePath: ofTextfile.optional(
    "textfile.path=PATH",
    "File to write. Its name has to end in .prom for node_exporter, like /var/lib/node_exporter/textfile/memory.prom.",
    nonEmpty,
  ),
  textfileIntervalMs: ofTextfile.value(
    "textfile.interval=DURATION",
    "0",
    "Interval between writes. With 0, write once and exit.",
    duration,
  ),
} as const;

/** Time to send the rest of the queue after a stop signal. */
export const FLUSH_MS = 4000;

export type PushFlags = Values<typeof pushing>;

/** Flags that need a certain protocol. */
const BELONGS: readonly (readonly [keyof PushFlags, (typeof PROTOCOLS)[number]])[] = [
  ["pushGrouping", "pushgateway"],
  ["pushDeleteOnExit", "pushgateway"],
  ["pushOtlpAttributes", "otlp"],
];

/** @throws UsageError for flags that don't go together. */
export function checkPushFlags(flags: PushFlags): void {
  const { pushProtocol: protocol, pushUrl: url } = flags;
  const [group] = /\/metrics\/job.*/.exec(url?.pathname ?? "") ?? [];
  if (protocol === "pushgateway" && group !== undefined) {
    const wanted = "wanted the URL of the Pushgateway itself: --push.job and --push.grouping name the group";
    throw new UsageError(`--push.url: found the path of a group, ${quote(group)}, ${wanted}`);
  }
  const wrong = BELONGS.find(([key, owner]) => flags[key] && owner !== protocol);
  if (wrong) {
    const [key, owner] = wrong;
    throw new UsageError(`--${pushing[key].name}: found protocol ${protocol}, wanted --push.protocol=${owner} too`);
  }
  if (flags.pushSpool !== undefined && protocol === "pushgateway") {
    throw new UsageError("--push.spool: found protocol pushgateway, which only takes the latest page, wanted none");
  }
  if (flags.pushDeleteOnExit && flags.pushIntervalMs === 0) {
    throw new UsageError("--push.delete-on-exit: found --push.interval=0, which would delete what was pushed");
  }
}
