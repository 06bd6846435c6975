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
import base64, importlib, json, math, sys
parser = importlib.import_module("prometheus_client." + sys.argv[1])
value = lambda v: v if math.isfinite(v) else str(v)
def read(page):
    try:
        text = base64.b64decode(page).decode("utf-8", "strict")
        return [{"name": f.name, "type": f.type, "help": f.documentation, "unit": f.unit,
                 "samples": [[s.name, s.labels, value(s.value)] for s in f.samples]}
                for f in parser.text_string_to_metric_families(text)]
    except Exception as error:
        return repr(error)
json.dump([read(page) for page in json.load(sys.stdin)], sys.stdout)
`;

/** The parsers of prometheus_client: of the text format and of OpenMetrics. */
export type Parser = "parser" | "openmetrics.parser";

/** Pages as a parser of prometheus_client reads them, or what it objects to. All are read by one process: it takes long to start. */
export function readAllStrictly(pages: readonly string[], parser: Parser): readonly (readonly Read[] | string)[] {
  const input = JSON.stringify(pages.map((page) => Buffer.from(page).toString("base64")));
  const { status, stdout, stderr } = runTool(PYTHON, ["-c", SCRIPT, parser], input);
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
}

/** A page as one of them reads it. @throws Error with what it objects to. */
export function readStrictly(page: string, parser: Parser): readonly Read[] {
  const [read = []] = readAllStrictly([page], parser);
  if (typeof read === "string") throw new Error(read);
  return read;
}
