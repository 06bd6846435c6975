import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { type Exporter, type RunOptions, withExporter } from "../exporter.ts";
import { withFolder } from "../stand_in.ts";
import { needs } from "../tools.ts";
import { childrenOf } from "../torture/watch.ts";

/** Systems as they are right after their installation: trees of files, made by mmdebstrap and kept in a cache. */

const CACHE = join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "memory_exporter-test", "trees");

export const hasSystems = needs("mmdebstrap", "--version") && needs("unshare", "--mount", "--pid", "--fork", "true");

/** The tree of a release of Debian with its essential packages, apt, and those that are named. */
export function treeOf(suite: string, ...packages: readonly string[]): string {
  const tree = join(CACHE, [suite, ...packages].join("-"));
  if (existsSync(tree)) return tree;
  const made = `${tree}.${process.pid}`;
  mkdirSync(CACHE, { recursive: true });
  const include = packages.length > 0 ? [`--include=${packages.join(",")}`] : [];
  try {
    execFileSync("mmdebstrap", ["--quiet", "--variant=minbase", ...include, suite, made, mirror()], { stdio: "pipe" });
    renameSync(made, tree);
  } finally {
    rmSync(made, { recursive: true, force: true });
  }
  return tree;
}

/** The mirror that this machine uses for Debian itself. */
function mirror(): string {
  const options = ["indextargets", "--format", "$(ORIGIN) $(LABEL) $(REPO_URI)", "Created-By: Packages"];
  const lines = execFileSync("apt-get", options, { encoding: "utf8" }).split("\n");
  const line = lines.find((one) => one.startsWith("Debian Debian "));
  if (line === undefined) throw new Error("found no source of Debian in apt, wanted one: apt-get update");
  return line.slice("Debian Debian ".length);
}

/** Mounts a tree at $root, where changes are kept in memory; what is mounted goes with the process. Its directory is $root then. */
const MOUNT = `
tree=$1 top=$2
shift 2
mount -t tmpfs none "$top"
mkdir "$top/upper" "$top/work" "$top/root"
root=$top/root
mount -t overlay -o "lowerdir=$tree,upperdir=$top/upper,workdir=$top/work" none "$root"
cd "$root"
`;

export type Start = Pick<RunOptions, "args" | "env"> & {
  readonly tree: string;
  /** Shell lines that make the system ready, in its root directory. */
  readonly prepare: string;
  /** What runs the product there: words of chroot(8) after the root directory's. */
  readonly product: readonly [string, ...string[]];
  readonly chroot?: readonly string[];
};

/** Starts the product as the first process of a system; it has to end well when it is asked to. */
export async function withSystem(start: Start, use: (exporter: Exporter) => Promise<void>): Promise<void> {
  const { tree, prepare, product, chroot = [], args = [] } = start;
  await withFolder(async (top) => {
    const script = `set -eu${MOUNT}${prepare}\nexec chroot ${chroot.join(" ")} "$root" "$@"`;
    const under = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "sh", "-c", script, "sh", tree, top];
    await withExporter({ under, product, args, env: start.env ?? {} }, async (exporter) => {
      const [first] = childrenOf(exporter.pid);
      if (first === undefined) throw new Error("found no process below unshare");
      // unshare hands no signal on: what its child ends with is what it ends with itself.
      await use(exporter).finally(() => process.kill(first.pid, "SIGTERM"));
      const { code } = await exporter.ended;
      if (code !== 0) throw new Error(`It ended with ${code}:\n${exporter.log()}`);
    });
  });
}
