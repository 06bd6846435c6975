import { execFileSync } from "node:child_process";
import { withFolder } from "./stand_in.ts";

/** A file system in memory of some size (`64k`), mounted on a folder of its own. Needs the rights to mount. */
export function withTmpfs<T>(size: string, use: (folder: string) => Promise<T>): Promise<T> {
  return withFolder(async (folder) => {
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${size}`, "memory_exporter-test", folder]);
    try {
      return await use(folder);
    } finally {
      // What a test that failed has left open doesn't hold it.
      execFileSync("umount", ["--lazy", folder]);
    }
  });
}
