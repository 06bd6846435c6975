import { SECRET } from "../print/program.ts";
import { quote } from "../text.ts";
import { type Flag, optionalFlag, switchFlag, UsageError, type Values, valueFlag } from "./flags.ts";
import { duration, nonEmpty, oneOf, positiveDuration, size, ValueError } from "./values.ts";

/** The flags of push and textfile, and the checks of their combinations. */

const PUSH = "Push";
const TEXTFILE = "Textfile";

/** Protocols of `--push.protocol`. */
export const PROTOCOLS = ["pushgateway", "remote-write", "otlp"] as const;

const LABEL_NAME = /^(?!__)[a-zA-Z_][a-zA-Z0-9_]*$/;

/** Reads `name=value`. @param isName checks the name */
function pair(isName: (name: string) => boolean, wanted: string): (text: string) => readonly [string, string] {
  return (text) => {
    const [, name = "", value = ""] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
    if (!isName(name)) throw new ValueError(wanted);
    return [name, value];
  };
}

type PairsHead = { readonly name: string; readonly help: string; readonly placeholder: string; readonly shown: string };

/** A repeatable flag of pairs with different names. Undefined if it isn't given. */
function pairsFlag(
  head: PairsHead,
  read: (text: string) => readonly [string, string],
): Flag<Readonly<Record<string, string>> | undefined> {
  const readAll = (texts: readonly string[]) => {
    const pairs = texts.map(read);
    const twice = pairs.find(([name], index) => pairs.findIndex(([other]) => other === name) !== index);
    if (twice !== undefined) throw new ValueError(`${quote(twice[0])} once`);
    return texts.length === 0 ? undefined : Object.fromEntries(pairs);
  };
  return { ...head, group: PUSH, repeatable: true, read: readAll };
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
  pushUrl: optionalFlag(
    {
      name: "push.url",
      group: PUSH,
      placeholder: "URL",
      help: "URL to push to: the base URL of a Pushgateway, or the endpoint of a server for remote write or OTLP.",
      redact: (text) => text.replace(/\?.*$/s, `?${SECRET}`),
    },
    pushUrl,
  ),
  pushProtocol: valueFlag(
    {
      name: "push.protocol",
      group: PUSH,
      placeholder: "PROTOCOL",
      shown: "pushgateway",
      help: `Protocol to push by: ${PROTOCOLS.join(", ")}.`,
    },
    oneOf(PROTOCOLS),
  ),
  pushIntervalMs: valueFlag(
    {
      name: "push.interval",
      group: PUSH,
      placeholder: "DURATION",
      shown: "15s",
      help: "Interval between pushes. With 0, push once and exit.",
    },
    duration,
  ),
  pushTimeoutMs: valueFlag(
    {
      name: "push.timeout",
      group: PUSH,
      placeholder: "DURATION",
      shown: "10s",
      help: "Timeout of one attempt. With --push.interval=0, timeout of all attempts together.",
    },
    positiveDuration,
  ),
  pushJob: valueFlag(
    {
      name: "push.job",
      group: PUSH,
      placeholder: "NAME",
      shown: "memory_exporter",
      help: "Value of the label job. With otlp, value of the resource attribute service.name.",
    },
    nonEmpty,
  ),
  pushGrouping: pairsFlag(
    {
      name: "push.grouping",
      placeholder: "NAME=VALUE",
      shown: "instance=<host name>",
      help: "Label of the Pushgateway's grouping key, in addition to job. Repeatable.",
    },
    pair((name) => LABEL_NAME.test(name) && name !== "job", "NAME=VALUE with the name of a label, not job"),
  ),
  pushLabels: pairsFlag(
    {
      name: "push.label",
      placeholder: "NAME=VALUE",
      shown: "instance=<host name>",
      help: "Label to add to all series that don't have it. Repeatable. The label instance is always added, with the host name unless another value is given.",
    },
    pair((name) => LABEL_NAME.test(name), "NAME=VALUE with the name of a label"),
  ),
  pushMethod: valueFlag(
    {
      name: "push.method",
      group: PUSH,
      placeholder: "METHOD",
      shown: "put",
      help: "How to push to a Pushgateway: put replaces all metrics of the group, post only those with the same names.",
    },
    oneOf(["put", "post"]),
  ),
  pushDeleteOnExit: switchFlag({
    name: "push.delete-on-exit",
    group: PUSH,
    help: "Delete the group from the Pushgateway on exit.",
  }),
  pushConfigFile: optionalFlag(
    {
      name: "push.config.file",
      group: PUSH,
      placeholder: "PATH",
      help: "TLS, credentials, headers and proxy, in the format of Prometheus' HTTP client configuration.",
    },
    nonEmpty,
  ),
  pushRemoteWriteVersion: valueFlag(
    {
      name: "push.remote-write-version",
      group: PUSH,
      placeholder: "VERSION",
      shown: "1",
      help: "Version of remote write: 1 or 2. Falls back to 1 if the server doesn't support 2.",
    },
    oneOf(["1", "2"]),
  ),
  pushQueueBytes: valueFlag(
    {
      name: "push.queue-size",
      group: PUSH,
      placeholder: "SIZE",
      shown: "8MiB",
      help: "Size limit of the push queue. When it is reached, the oldest pages are dropped.",
    },
    size,
  ),
  pushQueueAgeMs: valueFlag(
    {
      name: "push.queue-age",
      group: PUSH,
      placeholder: "DURATION",
      shown: "1h",
      help: "Age limit of the push queue. Older pages are dropped.",
    },
    positiveDuration,
  ),
  pushSpool: optionalFlag(
    {
      name: "push.spool",
      group: PUSH,
      placeholder: "DIR",
      help: "Directory in which the push queue is stored, so that it survives restarts and crashes.",
    },
    nonEmpty,
  ),
  pushOtlpAttributes: pairsFlag(
    {
      name: "push.otlp-attribute",
      placeholder: "NAME=VALUE",
      shown: "none",
      help: "Resource attribute to send with otlp. Repeatable.",
    },
    pair((name) => name !== "", "NAME=VALUE"),
  ),
} as const;

export const writingTextfile = {
  textfilePath: optionalFlag(
    {
      name: "textfile.path",
      group: TEXTFILE,
      placeholder: "PATH",
      help: "File to write. Its name has to end in .prom for node_exporter, like /var/lib/node_exporter/textfile/memory.prom.",
    },
    nonEmpty,
  ),
  textfileIntervalMs: valueFlag(
    {
      name: "textfile.interval",
      group: TEXTFILE,
      placeholder: "DURATION",
      shown: "0",
      help: "Interval between writes. With 0, write once and exit.",
    },
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
    throw new UsageError(
      `--${pushing[key].name}: found protocol ${protocol}, wanted --push.protocol=${owner} beside it`,
    );
  }
  if (flags.pushSpool !== undefined && protocol === "pushgateway") {
    throw new UsageError("--push.spool: found protocol pushgateway, which only takes the latest page, wanted none");
  }
  if (flags.pushDeleteOnExit && flags.pushIntervalMs === 0) {
    throw new UsageError("--push.delete-on-exit: found --push.interval=0, which would delete what was pushed");
  }
}
