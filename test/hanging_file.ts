import { spawn, spawnSync } from "node:child_process";
import { join } from "node:path";
import { collect } from "./exporter.ts";
import { until, withFolder } from "./stand_in.ts";
import { needs } from "./tools.ts";

/**
 * A file system (FUSE, fuse(4)) whose one file, `file`, has 100 bytes and never answers a read. The request waits in the
 * kernel, where a signal that ends the reader takes it back.
 */
const PROGRAM = `
import ctypes, os, struct, sys
INIT, LOOKUP, GETATTR, OPEN, FORGETS = 26, 1, 3, 14, (2, 42)
NO_FLUSH = 32
libc = ctypes.CDLL(None, use_errno=True)
folder = sys.argv[1].encode()
device = os.open("/dev/fuse", os.O_RDWR)
options = b"fd=%d,rootmode=40000,user_id=0,group_id=0" % device
if libc.mount(b"hanging", folder, b"fuse", 6, options) != 0:
    sys.exit("mount: " + os.strerror(ctypes.get_errno()))
def attributes(node):
    mode, size = (0o40755, 0) if node == 1 else (0o100644, 100)
    return struct.pack("<6Q10I", node, size, 1, 0, 0, 0, 0, 0, 0, mode, 1, 0, 0, 0, 4096, 0)
def answer(unique, body=b"", error=0):
    os.write(device, struct.pack("<IiQ", 16 + len(body), -error, unique) + body)
print("mounted", flush=True)
opened = False
while not opened:
    request = os.read(device, 1 << 20)
    _, kind, unique, node = struct.unpack_from("<IIQQ", request)
    if kind == INIT: answer(unique, struct.pack("<4IHHIIHH8I", 7, 31, 0, 0, 12, 10, 4096, 1, 0, 0, *[0] * 8))
    elif kind == LOOKUP: answer(unique, struct.pack("<4QII", 2, 0, 0, 0, 0, 0) + attributes(2))
    elif kind == GETATTR: answer(unique, struct.pack("<QII", 0, 0, 0) + attributes(node))
    elif kind == OPEN:
        answer(unique, struct.pack("<QII", 1, NO_FLUSH, 0))
        opened = True
    elif kind not in FORGETS: answer(unique, error=38)
print("opened", flush=True)
sys.stdin.readline()
`;

/** Unmounts lazily: requests that wait are given up when the program ends. */
const UNMOUNT = "import ctypes, sys; ctypes.CDLL(None).umount2(sys.argv[1].encode(), 2)";

/** Whether such a file system can be mounted here. */
export const canHang = process.getuid?.() === 0 && needs("python3", "-c", "open('/dev/fuse', 'r+b', buffering=0)");

/** A regular file whose read hangs, opened once, until `release` makes it fail. */
export type HangingFile = {
  readonly path: string;
  /** Resolves when it has been opened. */
  readonly opened: () => Promise<void>;
  readonly release: () => Promise<void>;
};

/** A file whose read hangs, for as long as it is used. */
export function withHangingFile<T>(use: (file: HangingFile) => Promise<T>): Promise<T> {
  return withFolder(async (folder) => {
    const child = spawn("python3", ["-c", PROGRAM, folder], { stdio: ["pipe", "pipe", "inherit"] });
    const said = collect(child.stdout);
    const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
    const release = () => {
      spawnSync("python3", ["-c", UNMOUNT, folder]);
      child.kill("SIGKILL");
      return ended;
    };
    const opened = () => until("an open file", () => said().includes("opened"));
    try {
      await until("a mounted file system", () => said().includes("mounted"));
      return await use({ path: join(folder, "file"), opened, release });
    } finally {
      await release();
    }
  });
}
