import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFileSync, globSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { sampleOf, withExporter } from "../exporter.ts";
import { scrape } from "../http.ts";
import { withFolder } from "../stand_in.ts";
import { needs } from "../tools.ts";
import { hasSystems, withSystem } from "./systems.ts";

/** The image of `make release`: what is in it, and that it starts. */

const RELEASE = join(import.meta.dirname, "../../dist/release");
const [IMAGE = ""] = globSync(join(RELEASE, "*.oci.tar"));
const isolated = hasSystems ? test : test.skip;

type Descriptor = {
  readonly digest: string;
  readonly size: number;
  readonly platform?: { readonly architecture: string };
};

/** What a descriptor is of, whose digest and size have to be right. */
function blobOf(layout: string, { digest, size }: Descriptor): Buffer {
  const bytes = readFileSync(join(layout, "blobs", digest.replace(":", "/")));
  assert.is(`sha256:${createHash("sha256").update(bytes).digest("hex")}`, digest);
  assert.is(bytes.length, size);
  return bytes;
}

type Image = {
  readonly root: string;
  readonly config: { readonly User: string; readonly Entrypoint: readonly [string] };
};

/** Unpacks the image for an architecture. */
function withImage(architecture: string, use: (image: Image) => Promise<void> | void): Promise<void> {
  return withFolder(async (folder) => {
    execFileSync("tar", ["-xf", IMAGE, "-C", folder]);
    const read = (descriptor: Descriptor | undefined) => {
      if (descriptor === undefined) throw new Error(`found nothing for ${architecture} in the image`);
      return JSON.parse(blobOf(folder, descriptor).toString());
    };
    const [whole] = JSON.parse(readFileSync(join(folder, "index.json"), "utf8")).manifests;
    const manifests: readonly Descriptor[] = read(whole).manifests;
    assert.equal(
      manifests.map(({ platform }) => platform?.architecture),
      ["amd64", "arm64"],
    );
    const manifest = read(manifests.find(({ platform }) => platform?.architecture === architecture));
    const { config, rootfs, ...about } = read(manifest.config);
    assert.is(about.architecture, architecture);
    const root = join(folder, "root");
    mkdirSync(root);
    const archive = gunzipSync(blobOf(folder, manifest.layers[0]));
    assert.is(`sha256:${createHash("sha256").update(archive).digest("hex")}`, rootfs.diff_ids[0]);
    execFileSync("tar", ["-x", "-C", root], { input: archive });
    await use({ root, config });
  });
}

for (const architecture of ["amd64", "arm64"]) {
  test(`the image for ${architecture} has the executable, its libraries and certificates, and nothing else`, () =>
    withImage(architecture, ({ root, config }) => {
      const files = globSync("**/*", { cwd: root, withFileTypes: true }).filter((entry) => !entry.isDirectory());
      const others = files
        .map(({ name }) => name)
        .filter((name) => !/^lib(?:c|m|dl|pthread|stdc\+\+|gcc_s)\.so|^ld-linux-/.test(name));
      const wanted = [
        "bin",
        "ca-certificates.crt",
        "copyright",
        "copyright",
        "copyright",
        "lib",
        "lib64",
        "memory_exporter",
      ];
      assert.equal(others.sort(), wanted);
      assert.match(
        readFileSync(join(root, "etc/ssl/certs/ca-certificates.crt"), "utf8"),
        /^-----BEGIN CERTIFICATE-----\n/,
      );
      assert.equal([config.User, config.Entrypoint], ["65534:65534", ["/bin/memory_exporter"]]);
    }));
}

/** The page of a container: read-only, without a shell, as nobody. */
function expectPage(page: string): void {
  assert.is(sampleOf(page, "memory_up"), 1);
  assert.ok((sampleOf(page, "memory_total_bytes") ?? 0) > 0);
  assert.is(sampleOf(page, "memory_exporter_running_as_pid1"), 1);
}

isolated("the image starts in a plain chroot, read-only, as its user and PID 1", () =>
  withImage("amd64", ({ root, config }) => {
    const prepare = 'mkdir proc; mount -t proc proc proc; mount -o remount,ro "$root"';
    const chroot = [`--userspec=${config.User}`];
    return withSystem({ tree: root, prepare, chroot, product: config.Entrypoint }, async ({ url }) =>
      expectPage(await scrape(url)),
    );
  }),
);

const emulated = hasSystems && needs("qemu-aarch64-static", "--version") ? test : test.skip;

emulated("the image for ARM64 starts under an emulator", () =>
  withImage("arm64", ({ root, config }) => {
    copyFileSync("/usr/bin/qemu-aarch64-static", join(root, "usr/bin/qemu"));
    execFileSync("chmod", ["755", join(root, "usr/bin/qemu")]);
    const prepare = 'mkdir proc; mount -t proc proc proc; mount -o remount,ro "$root"';
    const product = ["/usr/bin/qemu", ...config.Entrypoint] as const;
    return withSystem({ tree: root, prepare, chroot: [`--userspec=${config.User}`], product }, async ({ url }) => {
      const page = await scrape(url);
      expectPage(page);
      assert.match(page, /^memory_exporter_build_info\{.*goarch="arm64"/m);
    });
  }),
);

const contained = needs("crun", "--version") ? test : test.skip;

contained("the image starts by an OCI runtime as it is configured", () =>
  withImage("amd64", async ({ root, config }) => {
    const bundle = join(root, "..");
    execFileSync("crun", ["spec"], { cwd: bundle });
    const spec = JSON.parse(readFileSync(join(bundle, "config.json"), "utf8"));
    const [uid, gid] = config.User.split(":").map(Number);
    const args = [...config.Entrypoint, "--web.listen-address=127.0.0.1:0"];
    spec.process = { ...spec.process, terminal: false, user: { uid, gid }, args };
    spec.root = { path: "root", readonly: true };
    // The exporter listens where the test is.
    spec.linux.namespaces = spec.linux.namespaces.filter(
      ({ type }: { type: string }) => !/^(?:network|cgroup)$/.test(type),
    );
    writeFileSync(join(bundle, "config.json"), JSON.stringify(spec));
    for (const name of ["proc", "dev", "sys"]) mkdirSync(join(root, name));
    // crun knows control groups of version 2 alone, and a machine may have both.
    const under = ["unshare", "--mount", "sh", "-c", 'mount -t cgroup2 none /sys/fs/cgroup && exec "$@"', "sh"];
    const product = ["crun", "--cgroup-manager=disabled", "run", `--bundle=${bundle}`, `test-${process.pid}`] as const;
    await withExporter({ under, product, listen: [] }, async ({ url, kill, ended }) => {
      expectPage(await scrape(url));
      kill("SIGTERM");
      assert.equal(await ended, { code: 0, signal: null });
    });
  }),
);

test.run();
