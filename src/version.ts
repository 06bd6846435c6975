/** Set by the build (build.ts). Undefined when the sources are run. */
export type BuildStamp = {
  readonly version: string;
  readonly branch: string;
  readonly revision: string;
  /** user@host of the build. */
  readonly user: string;
  /** As promu prints it: 20261122-10:00:00, UTC. */
  readonly date: string;
  /** `sea` in the executable, `bundle` in the single script. */
  readonly tags: string;
};

/** Data for `--version`, the first log line and the build info metric. */
export type BuildInfo = BuildStamp & {
  /** Version of Node, or of the Node that Deno emulates. */
  readonly nodeVersion: string;
  /** Version of Deno, if the program runs on it. */
  readonly denoVersion: string | undefined;
  /** Go's spelling: linux, darwin, windows; amd64, arm64. */
  readonly goos: string;
  readonly goarch: string;
};

declare const BUILD_STAMP: BuildStamp | undefined;

const SOURCE_RUN: BuildStamp = {
  version: "(devel)",
  branch: "unknown",
  revision: "unknown",
  user: "unknown",
  date: "unknown",
  tags: "source",
};

const GOOS: Readonly<Record<string, string>> = { win32: "windows", sunos: "solaris" };
const GOARCH: Readonly<Record<string, string>> = { x64: "amd64", ia32: "386", ppc64: "ppc64le", mipsel: "mipsle" };

/** The build info of the running program. */
export function buildInfo(): BuildInfo {
  return {
    ...(typeof BUILD_STAMP === "undefined" ? SOURCE_RUN : BUILD_STAMP),
    nodeVersion: process.version,
    denoVersion: process.versions.deno,
    goos: GOOS[process.platform] ?? process.platform,
    goarch: GOARCH[process.arch] ?? process.arch,
  };
}

/** The text of `--version`, in the format of Prometheus' exporters. */
export function versionText(info: BuildInfo): string {
  const runtime = info.denoVersion ? `${info.nodeVersion} (deno ${info.denoVersion})` : info.nodeVersion;
  const rows = [
    ["build user:", info.user],
    ["build date:", info.date],
    ["node version:", runtime],
    ["platform:", `${info.goos}/${info.goarch}`],
    ["tags:", info.tags],
  ] as const;
  const head = `memory_exporter, version ${info.version} (branch: ${info.branch}, revision: ${info.revision})`;
  return [head, ...rows.map(([label, value]) => `  ${label.padEnd(18)}${value}`)].join("\n");
}

/** `(version=…, branch=…, revision=…)`: one field of the first log line, and the landing page's version. */
export function versionLine(info: BuildInfo): string {
  return `(version=${info.version}, branch=${info.branch}, revision=${info.revision})`;
}

/** `(node=…, platform=…, user=…, date=…, tags=…, spawn=…)`: the field of the log line `Build context`. */
export function buildContext(info: BuildInfo, spawnMethod: string): string {
  const { nodeVersion, goos, goarch, user, date, tags } = info;
  return `(node=${nodeVersion}, platform=${goos}/${goarch}, user=${user}, date=${date}, tags=${tags}, spawn=${spawnMethod})`;
}
