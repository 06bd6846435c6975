import { didYouMean } from "../nearest.ts";
import { quote } from "../text.ts";
import { environmentName, type Flag, UsageError } from "./flags.ts";

/** Environment variables of flags. */

const PREFIX = environmentName("");

/** Variables with the prefix that belong to no flag: set by the exporter itself, or by images for information. */
const OTHERS = ["RUN", "UNDER_INIT", "VERSION", "HELP"].map((name) => `${PREFIX}${name}`);

/**
 * Variables that the kubelet sets for a service whose name begins with `memory-exporter`: `…_SERVICE_HOST`, `…_SERVICE_PORT`,
 * `…_SERVICE_PORT_METRICS`, `…_PORT=tcp://10.0.0.1:9101`, `…_PORT_9101_TCP`, `…_PORT_9101_TCP_ADDR`. Source: "Accessing the
 * Service" in the documentation of Kubernetes.
 */
const SERVICE_NAME = /_SERVICE_(?:HOST|PORT(?:_[A-Z0-9_]+)?)$|_PORT_\d+_(?:TCP|UDP|SCTP)(?:_(?:PROTO|PORT|ADDR))?$/;
const SERVICE_PORT = /^(?:tcp|udp|sctp):\/\//;

/**
 * Checks that every variable with the prefix belongs to a flag, since a misspelled one would silently have no effect.
 * @throws UsageError
 */
export function requireKnownVariables(
  environment: Readonly<Record<string, string | undefined>>,
  flags: readonly Flag<unknown>[],
): void {
  const known = flags.map((flag) => environmentName(flag.name));
  for (const [name, text = ""] of Object.entries(environment)) {
    if (!name.startsWith(PREFIX) || text === "" || known.includes(name) || OTHERS.includes(name)) continue;
    if (SERVICE_NAME.test(name) || (name.endsWith("_PORT") && SERVICE_PORT.test(text))) continue;
    const tails = known.map((one) => one.slice(PREFIX.length));
    const meant = didYouMean(name.slice(PREFIX.length), tails, (tail) => PREFIX + tail);
    throw new UsageError(`unknown variable ${quote(name).slice(1, -1)} in the environment${meant}`);
  }
}
