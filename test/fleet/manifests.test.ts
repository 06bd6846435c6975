import { readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { parseAllDocuments } from "yaml";
import { withFolder } from "../stand_in.ts";
import { runTool } from "../tools.ts";

/** The manifests of examples/fleet, against types that are made of the schemas of Kubernetes and of the Prometheus operator. */

const ROOT = join(import.meta.dirname, "../..");
const KUBERNETES = join(ROOT, "examples/fleet/kubernetes");

const MODULES: Readonly<Record<string, string>> = {
  DaemonSet: "kubernetes-models/apps/v1/DaemonSet",
  Service: "kubernetes-models/v1/Service",
  ServiceMonitor: "@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/ServiceMonitor",
};
const COMPILER = [
  "--ignoreConfig",
  "--noEmit",
  "--strict",
  "--skipLibCheck",
  "--module",
  "nodenext",
  "--target",
  "esnext",
];

type Manifest = { readonly kind: string; readonly spec: object };

function manifestsOf(file: string): readonly Manifest[] {
  const documents = parseAllDocuments(readFileSync(join(KUBERNETES, file), "utf8"));
  return documents.map((document) => {
    assert.equal([...document.errors, ...document.warnings], [], file);
    return document.toJS();
  });
}

/** What the compiler says of manifests as literals of their types: of unknown keys, missing ones and values of another type. */
function complaintsOn(manifests: readonly Manifest[]): Promise<string> {
  const lines = manifests.flatMap((manifest, i) => [
    `import type { I${manifest.kind} as T${i} } from "${MODULES[manifest.kind]}";`,
    `export const m${i}: T${i} = ${JSON.stringify(manifest, null, 2)};`,
  ]);
  return withFolder((folder) => {
    symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
    writeFileSync(join(folder, "manifests.mts"), lines.join("\n"));
    const { stdout, status } = runTool(
      join(ROOT, "node_modules/.bin/tsc"),
      [...COMPILER, join(folder, "manifests.mts")],
      "",
    );
    return status === 0 ? "" : stdout;
  });
}

const ALL = ["memory-exporter.yaml", "servicemonitor.yaml"].flatMap(manifestsOf);

test("the manifests of Kubernetes have the keys and types of its schemas", async () => {
  assert.equal(
    ALL.map(({ kind }) => kind),
    ["DaemonSet", "Service", "ServiceMonitor"],
  );
  assert.is(await complaintsOn(ALL), "");
});

test("a key that the schemas don't have is found", async () => {
  const wrong = ALL.map((manifest) => ({ ...manifest, spec: { ...manifest.spec, selectr: {} } }));
  const said = await complaintsOn(wrong);
  assert.is(said.match(/'"selectr"' does not exist/g)?.length, ALL.length, said);
});

test.run();
