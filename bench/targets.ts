import { execFileSync } from "node:child_process";
import { closeSync, copyFileSync, fsyncSync, openSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const ROOT = join(import.meta.dirname, "..");
const require = createRequire(import.meta.url);
/** The Node of the executable. */
export const NODE = require.resolve(`node-linux-${process.arch}/bin/node`);

/** A server that is measured. */
export type Target = {
  readonly name: string;
  readonly argv: (port: number) => readonly [string, ...string[]];
  /** Path of the scrape. */
  readonly path: string;
  /** Whether a scrape of it runs a command. */
  readonly runsCommand: boolean;
};

/** The targets of a run. Missing ones are left out, with a line in `missing`. */
export type Targets = {
  readonly ours: Target;
  /** Path of the same program as a script. */
  readonly bundle: string;
  readonly empty: Target;
  /** The empty server as an executable that is built like the exporter. */
  readonly emptyExecutable: Target | undefined;
  readonly peers: readonly Target[];
  /** A simple Go exporter, the reference of most ratios. */
  readonly classic: Target | undefined;
  /** Program that runs a command by posix_spawn(3). */
  readonly floor: string | undefined;
  readonly missing: readonly string[];
};

/** Builds the targets and copies them to `folder`, so that a concurrent build doesn't change them. */
export function prepareTargets(folder: string): Targets {
  const missing: string[] = [];
  const attempt = <T>(what: string, make: () => T): T | undefined => {
    try {
      return make();
    } catch (error) {
      missing.push(`${what} is left out: ${reasonOf(error)}`);
      return undefined;
    }
  };
  const exporter = join(folder, "memory_exporter");
  copyFileSync(join(ROOT, "dist/memory_exporter"), exporter);
  writeBack(exporter);
  const bundle = join(folder, "memory_exporter.mjs");
  copyFileSync(join(ROOT, "dist/memory_exporter.mjs"), bundle);
  const emptyExecutable = attempt("the empty server as an executable", () => emptyExecutableTarget(folder));
  const classic = attempt("the classic Go exporter", () => classicTarget(folder));
  const nodeExporter = attempt("node_exporter", nodeExporterTarget);
  const exporterExporter = attempt("exporter_exporter", () => exporterExporterTarget(folder));
  return {
    ours: target("memory_exporter", (port) => [exporter, `--web.listen-address=127.0.0.1:${port}`], true),
    bundle,
    empty: target("empty node:http, script", (port) => [NODE, join(ROOT, "bench/empty.mjs"), String(port)], false),
    emptyExecutable,
    peers: [classic, exporterExporter, nodeExporter].filter((one) => one !== undefined),
    classic,
    floor: attempt("the bare spawn", () => floorProgram(folder)),
    missing,
  };
}

function target(name: string, argv: Target["argv"], runsCommand: boolean, path = "/metrics"): Target {
  return { name, argv, path, runsCommand };
}

/** The last line of stderr of a failed program, or the error of its start. */
function reasonOf(error: unknown): string {
  const said = error instanceof Error && "stderr" in error ? String(error.stderr ?? "").trim() : "";
  return (
    said.split("\n").at(-1) ||
    String(error instanceof Error ? error.message : error)
      .split("\n", 1)
      .join()
  );
}

function floorProgram(folder: string): string {
  const program = join(folder, "floor");
  execFileSync("cc", ["-O2", "-o", program, join(ROOT, "bench/floor.c")], { stdio: "pipe" });
  return program;
}

/** Syncs a file, since dirty pages would count as private memory of processes that map it. */
function writeBack(path: string): void {
  const descriptor = openSync(path, "r");
  fsyncSync(descriptor);
  closeSync(descriptor);
}

function emptyExecutableTarget(folder: string): Target {
  execFileSync(NODE, [join(ROOT, "bench/empty_executable.ts"), folder], { stdio: "pipe" });
  writeBack(join(folder, "empty"));
  return target("empty node:http, executable", (port) => [join(folder, "empty"), String(port)], false);
}

/** Needs Debian's packages golang-go and golang-github-prometheus-client-golang-dev. */
function classicTarget(folder: string): Target {
  const program = join(folder, "classic");
  execFileSync("go", ["build", "-o", program, "."], {
    cwd: join(ROOT, "bench/classic"),
    env: { ...process.env, GOPATH: "/usr/share/gocode", GO111MODULE: "off" },
    stdio: "pipe",
  });
  return target("classic Go, `sh -c 'free -m'`", (port) => [program, `--web.listen-address=127.0.0.1:${port}`], true);
}

function nodeExporterTarget(): Target {
  const program = programPath("prometheus-node-exporter");
  const argv = (port: number): [string, ...string[]] => [
    program,
    `--web.listen-address=127.0.0.1:${port}`,
    "--collector.disable-defaults",
    "--collector.meminfo",
  ];
  return target("node_exporter, meminfo only", argv, false);
}

/** Its modules must print metrics, so the output of `free` is piped to awk. */
const EXPORTER_EXPORTER_CONFIG = `modules:
  free:
    method: exec
    timeout: 5s
    exec:
      command: /bin/sh
      args: ["-c", "free -m | awk '/^Mem:/ {print \\"memory_total_mebibytes\\", $2; print \\"memory_used_mebibytes\\", $3}'"]
`;

function exporterExporterTarget(folder: string): Target {
  const program = programPath("prometheus-exporter-exporter");
  const config = join(folder, "exporter_exporter.yml");
  writeFileSync(config, EXPORTER_EXPORTER_CONFIG);
  const argv = (port: number): [string, ...string[]] => [
    program,
    `-config.file=${config}`,
    `-web.listen-address=127.0.0.1:${port}`,
  ];
  return target("exporter_exporter, `free -m \\| awk`", argv, true, "/proxy?module=free");
}

function programPath(name: string): string {
  return execFileSync("/bin/sh", ["-c", `command -v ${name} || { echo not installed >&2; exit 1; }`], {
    encoding: "utf8",
    stdio: "pipe",
  }).trim();
}
