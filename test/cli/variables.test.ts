import { test } from "uvu";
import * as assert from "uvu/assert";
import { flagsOf, UsageError } from "../../src/cli/flags.ts";
import { requireKnownVariables } from "../../src/cli/variables.ts";

const flag = (name: string) => flagsOf("G").optional(`${name}=P`, "H", (text) => text);
const FLAGS = ["web.listen-address", "log.level", "file"].map(flag);

/** What is said of a variable with the program's prefix, or undefined. */
function refusal(name: string, text: string): string | undefined {
  try {
    requireKnownVariables({ PATH: "/bin", [`MEMORY_EXPORTER_${name}`]: text }, FLAGS);
    return undefined;
  } catch (error) {
    if (error instanceof UsageError) return error.message;
    throw error;
  }
}

test("an unknown variable is refused, with a suggestion", () => {
  assert.is(
    refusal("WEB_LISTEN_ADRESS", ":1"),
    "unknown variable MEMORY_EXPORTER_WEB_LISTEN_ADRESS in the environment (did you mean MEMORY_EXPORTER_WEB_LISTEN_ADDRESS?)",
  );
  assert.is(refusal("BOGUS", "1"), "unknown variable MEMORY_EXPORTER_BOGUS in the environment");
  assert.is(refusal("B\nS", "1"), "unknown variable MEMORY_EXPORTER_B\\nS in the environment");
  assert.is(refusal("PORT", "9101"), "unknown variable MEMORY_EXPORTER_PORT in the environment");
});

test("variables of flags are accepted, and empty ones are ignored", () => {
  for (const [name, text] of [
    ["WEB_LISTEN_ADDRESS", ":1"],
    ["LOG_LEVEL", "loud"],
    ["BOGUS", ""],
  ] as const)
    assert.is(refusal(name, text), undefined, name);
});

test("variables of the kubelet and of images are ignored", () => {
  for (const [name, text] of [
    ["PORT", "tcp://10.0.0.1:9101"],
    ["SERVICE_HOST", "10.0.0.1"],
    ["SERVICE_PORT", "9101"],
    ["SERVICE_PORT_HTTP_METRICS", "9101"],
    ["PORT_9101_TCP", "tcp://10.0.0.1:9101"],
    ["PORT_9101_TCP_PROTO", "tcp"],
    ["PORT_9101_TCP_PORT", "9101"],
    ["PORT_9101_TCP_ADDR", "10.0.0.1"],
    ["NODES_PORT", "udp://10.0.0.1:53"],
    ["NODES_SERVICE_HOST", "10.0.0.1"],
    ["VERSION", "1.2.3"],
    ["RUN", "mark"],
  ] as const)
    assert.is(refusal(name, text), undefined, name);
});

test.run();
