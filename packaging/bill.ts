import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The bill of materials of the artefacts, in CycloneDX 1.6. */

/** A Debian package in the image. */
export type DebianPart = { readonly name: string; readonly version: string; readonly architecture: string };

export type BillFacts = {
  readonly version: string;
  readonly revision: string;
  /** Seconds of the epoch. */
  readonly date: number;
  /** Packages of the program, by their names in the lockfile: `node_modules/yaml`. */
  readonly packages: readonly string[];
  readonly debian: readonly DebianPart[];
};

type Locked = { readonly version: string; readonly integrity: string; readonly license?: string };

/** The bill as text. It is reproducible. */
export function billOf({ version, revision, date, packages, debian }: BillFacts): string {
  const lockfile = JSON.parse(readFileSync(join(import.meta.dirname, "../package-lock.json"), "utf8"));
  const components = [
    ...packages.map((path) => npmComponent(path.replace(/^node_modules\//, ""), lockfile.packages[path])),
    ...debian.map(debianComponent),
  ].sort((a, b) => (a["bom-ref"] < b["bom-ref"] ? -1 : 1));
  const own = { type: "application", name: "memory_exporter", version, "bom-ref": `memory_exporter@${version}` };
  const body = {
    version: 1,
    metadata: {
      timestamp: new Date(date * 1000).toISOString().replace(".000Z", "Z"),
      component: {
        ...own,
        licenses: [{ license: { id: "Apache-2.0" } }],
        properties: [{ name: "revision", value: revision }],
      },
    },
    components,
    dependencies: [{ ref: own["bom-ref"], dependsOn: components.map((component) => component["bom-ref"]) }],
  };
  const head = { bomFormat: "CycloneDX", specVersion: "1.6", serialNumber: `urn:uuid:${uuidOf(JSON.stringify(body))}` };
  return `${JSON.stringify({ ...head, ...body }, null, 2)}\n`;
}

function npmComponent(name: string, { version, integrity, license }: Locked) {
  const purl = `pkg:npm/${name.replace("@", "%40")}@${version}`;
  const content = Buffer.from(integrity.replace("sha512-", ""), "base64").toString("hex");
  return {
    type: name.startsWith("node-linux-") ? "platform" : "library",
    "bom-ref": purl,
    name,
    version,
    purl,
    ...(license ? { licenses: [{ expression: license }] } : {}),
    hashes: [{ alg: "SHA-512", content }],
  };
}

function debianComponent({ name, version, architecture }: DebianPart) {
  const purl = `pkg:deb/debian/${name.replaceAll("+", "%2B")}@${encodeURIComponent(version)}?arch=${architecture}`;
  return { type: "library", "bom-ref": purl, name, version, purl };
}

/** A UUID of version 8 (RFC 9562) from the digest of a text. */
function uuidOf(text: string): string {
  const digits = createHash("sha256").update(text).digest("hex");
  const parts = [digits.slice(0, 8), digits.slice(8, 12), `8${digits.slice(13, 16)}`, `8${digits.slice(17, 20)}`];
  return [...parts, digits.slice(20, 32)].join("-");
}
