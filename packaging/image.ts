import { createHash } from "node:crypto";
import { cpSync, globSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { gzip, put, tar } from "./archive.ts";

/**
 * A container image (OCI image layout 1.0): the executable, and its libraries and CA certificates from Debian packages. It has no
 * shell.
 */

export type ImageFacts = {
  readonly version: string;
  readonly revision: string;
  /** Seconds of the epoch. */
  readonly date: number;
};

/** Executables and folders with unpacked packages (packaging/debian_packages.sh), by Debian architecture. */
export type Platforms = ReadonlyMap<string, { readonly executable: string; readonly packages: string }>;

/** Files of each Debian package, in addition to its copyright file. */
const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  libc6: ["ld-linux-*.so.*", "libc.so.6", "libm.so.6", "libdl.so.2", "libpthread.so.0"],
  "libgcc-s1": ["libgcc_s.so.1"],
  "libstdc++6": ["libstdc++.so.6*"],
  "gcc-14-base": [],
  "ca-certificates": [],
};
export const IMAGE_PACKAGES = Object.keys(PACKAGES);

const USER = "65534:65534";
const MANIFEST = "application/vnd.oci.image.manifest.v1+json";
const INDEX = "application/vnd.oci.image.index.v1+json";
const CONFIG = "application/vnd.oci.image.config.v1+json";
const LAYER = "application/vnd.oci.image.layer.v1.tar+gzip";

type Descriptor = { readonly mediaType: string; readonly digest: string; readonly size: number };

/** Makes an image for all platforms and writes it as one archive. `work` is an empty folder. */
export function makeImage(platforms: Platforms, facts: ImageFacts, work: string, file: string): void {
  const layout = join(work, "layout");
  const manifests = [...platforms].map(([architecture, parts]) => {
    const root = join(work, `root-${architecture}`);
    fillRoot(root, parts.executable, parts.packages);
    return { ...addPlatform(layout, architecture, root, facts), platform: { architecture, os: "linux" } };
  });
  const index = addBlob(layout, INDEX, { schemaVersion: 2, mediaType: INDEX, manifests });
  const annotations = { "org.opencontainers.image.ref.name": facts.version };
  const whole = { schemaVersion: 2, mediaType: INDEX, manifests: [{ ...index, annotations }] };
  put(layout, "index.json", JSON.stringify(whole));
  put(layout, "oci-layout", JSON.stringify({ imageLayoutVersion: "1.0.0" }));
  tar(layout, file, facts.date, "blobs", "index.json", "oci-layout");
  rmSync(work, { recursive: true });
}

/** Fills the root file system of the image. */
function fillRoot(root: string, executable: string, packages: string): void {
  put(root, "usr/bin/memory_exporter", readFileSync(executable), 0o755);
  for (const [name, libraries] of Object.entries(PACKAGES)) {
    const copyright = join("usr/share/doc", name, "copyright");
    for (const path of globSync([...libraries.map((library) => `usr/lib*/**/${library}`), copyright], {
      cwd: join(packages, name),
    }))
      cpSync(join(packages, name, path), join(root, path), { recursive: true, verbatimSymlinks: true });
  }
  for (const name of ["bin", "lib", "lib64"]) symlinkSync(`usr/${name}`, join(root, name));
  const authorities = join(packages, "ca-certificates/usr/share/ca-certificates/mozilla");
  const certificates = globSync("*.crt", { cwd: authorities }).sort();
  const texts = certificates.map((path) => readFileSync(join(authorities, path), "utf8"));
  put(root, "etc/ssl/certs/ca-certificates.crt", texts.join(""));
}

function addPlatform(
  layout: string,
  architecture: string,
  root: string,
  { version, revision, date }: ImageFacts,
): Descriptor {
  const archive = join(layout, `${architecture}.tar`);
  mkdirSync(layout, { recursive: true });
  tar(root, archive, date, ...readdirSync(root).sort());
  const diffId = digestOf(readFileSync(archive));
  gzip(archive);
  const layer = addBlob(layout, LAYER, readFileSync(`${archive}.gz`));
  rmSync(`${archive}.gz`);
  const created = new Date(date * 1000).toISOString().replace(".000Z", "Z");
  const config = addBlob(layout, CONFIG, {
    created,
    architecture,
    os: "linux",
    config: {
      User: USER,
      ExposedPorts: { "9101/tcp": {} },
      Env: ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"],
      Entrypoint: ["/bin/memory_exporter"],
      WorkingDir: "/",
      Labels: {
        "org.opencontainers.image.title": "memory_exporter",
        "org.opencontainers.image.licenses": "Apache-2.0",
        "org.opencontainers.image.version": version,
        "org.opencontainers.image.revision": revision,
      },
    },
    rootfs: { type: "layers", diff_ids: [diffId] },
    history: [{ created, created_by: "make release" }],
  });
  return addBlob(layout, MANIFEST, { schemaVersion: 2, mediaType: MANIFEST, config, layers: [layer] });
}

function digestOf(bytes: Uint8Array): string {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}

/** Adds a blob: bytes, or a value as JSON. Returns its descriptor. */
function addBlob(layout: string, mediaType: string, content: Uint8Array | object): Descriptor {
  const bytes = content instanceof Uint8Array ? content : Buffer.from(JSON.stringify(content));
  const digest = digestOf(bytes);
  put(layout, `blobs/${digest.replace(":", "/")}`, bytes);
  return { mediaType, digest, size: bytes.length };
}
