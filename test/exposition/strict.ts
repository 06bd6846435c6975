import { runTool } from "../tools.ts";

/** Debian's python3-prometheus-client; another python in PATH may not have it. */
export const PYTHON = "/usr/bin/python3";
export const PYTHON_PROBE = ["-c", "import prometheus_client.openmetrics.parser"];

/** A family as prometheus_client reads it; a value that JSON can't have is its name, as Python prints it. */
export type Read = {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  readonly unit: string;
  readonly samples: readonly (readonly [string, Readonly<Record<string, string>>, number | string])[];
};

const SCRIPT = `
import importlib, json, math, sys
parser = importlib.import_module("prometheus_client." + sys.argv[1])
text = sys.stdin.buffer.read().decode("utf-8", "strict")
value = lambda v: v if math.isfinite(v) else str(v)
json.dump([{"name": f.name, "type": f.type, "help": f.documentation, "unit": f.unit,
            "samples": [[s.name, s.labels, value(s.value)] for s in f.samples]}
           for f in parser.text_string_to_metric_families(text)], sys.stdout)
`;

/** A page as prometheus_client's parser of the text format or of OpenMetrics reads it. @throws Error with what it objects to. */
export function readStrictly(page: string, parser: "parser" | "openmetrics.parser"): readonly Read[] {
  const { status, stdout, stderr } = runTool(PYTHON, ["-c", SCRIPT, parser], page);
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
}
