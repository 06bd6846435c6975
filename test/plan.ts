import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { FORMS, type Form } from "./forms.ts";

/** What is run: which test files, on which forms of the product, in which order and by which target of the Makefile. */

const ROOT = join(import.meta.dirname, "..");

/** Files of one form that a process runs, one after the other. */
export type Job = { readonly form: Form; readonly files: readonly string[] };

/** `quick` is `make test`, `long` is what `make test-long` runs besides. */
export type Tier = "quick" | "long";

export type Wanted = {
  readonly forms: readonly Form[];
  readonly tiers: readonly Tier[];
  /** Parts of paths; without any, all files. */
  readonly parts: readonly string[];
};

/** What takes minutes by itself, and repeats what the quick ones do, on these forms; without any, on those that the file belongs to. */
const LONG: Readonly<Record<string, readonly Form[]>> = {
  "test/contract/parse_cases.test.ts": ["executable"],
  "test/contract/passthrough.test.ts": ["source-node"],
  "test/contract/pprof_leaks.test.ts": ["source-node", "bundle-node", "executable"],
  "test/contract/reload_often.test.ts": ["source-deno", "executable"],
  "test/fleet/ansible.test.ts": ["executable"],
  "test/fleet/fleet.test.ts": ["executable"],
  "test/fuzz/growth.test.ts": [],
  "test/fuzz/million.test.ts": [],
  "test/release/artefacts.test.ts": ["executable"],
  "test/release/deb.test.ts": ["executable"],
  "test/release/fresh.test.ts": ["executable"],
  "test/release/image.test.ts": ["executable"],
  "test/torture/clients.test.ts": ["source-node", "source-deno", "executable"],
  "test/torture/push_loss.test.ts": ["executable"],
  "test/torture/push_outage.test.ts": ["executable"],
  "test/torture/soak.test.ts": ["executable"],
};
/** Tests that run no program and serve nothing: those of a folder share a process. */
const SHARED = /^test\/(?:cli|config|formats|gather|parsers|presets)\//;

/**
 * What doesn't depend on the form: what is printed (test/contract/print.test.ts holds that), the order in which files are loaded,
 * and what `make` does.
 */
const ON_SOURCES = [
  "test/contract/dashboards.test.ts",
  "test/contract/loading.test.ts",
  "test/build.test.ts",
  "test/docs.test.ts",
  "test/install.test.ts",
];

/**
 * What the quick tier runs on the bundles: what each runtime does in its own way, and what is built into them. The rest is tested on
 * both runtimes by the sources, as a bundle by the executable, and on the bundles by the long tier.
 */
const ON_BUNDLES =
  /^test\/contract\/(?:command|golden|http|lifecycle|listen|live|once|permissions|print|push_pushgateway|reload|web_security)\./;

/** What is built is met from outside only: units test the sources, torture what has differences in how it runs commands. */
function belongs(file: string, form: Form): boolean {
  const forms = LONG[file] ?? [];
  if (forms.length > 0) return forms.includes(form);
  if (file.startsWith("test/fleet/")) return form === "executable";
  if (ON_SOURCES.includes(file)) return form === "source-node";
  if (form === "source-fork") return file.startsWith("test/torture/");
  if (file.startsWith("test/browser/")) return form === "executable";
  if (form.startsWith("source")) return true;
  return file.startsWith("test/contract/") || (form === "executable" && file.startsWith("test/torture/"));
}

/** Every file on every form that it belongs to is in one of the two. */
export function tierOf(file: string, form: Form): Tier {
  if (file in LONG || (form.startsWith("bundle") && !ON_BUNDLES.test(file))) return "long";
  return file.startsWith("test/torture/") && ["source-node", "source-fork"].includes(form) ? "long" : "quick";
}

/** Seconds of the jobs that take long, by form and file, as `test/run.ts --record` has written them. */
const DURATIONS = new URL("durations.json", import.meta.url);

export function readDurations(): Readonly<Record<string, number>> {
  return JSON.parse(readFileSync(DURATIONS, "utf8"));
}

/** The name of a job, by which its duration is known. */
export function nameOf({ form, files }: Job): string {
  const [file = ""] = files;
  const name = files.length > 1 ? `${file.split("/")[1]}/*` : file.slice("test/".length);
  return `${form} ${name}`;
}

/** All jobs, the longest first. */
export function jobsOf({ forms, tiers, parts }: Wanted): Job[] {
  const files = globSync("test/**/*.test.ts", { cwd: ROOT }).sort();
  const chosen = files.filter((file) => parts.length === 0 || parts.some((part) => file.includes(part)));
  const durations = readDurations();
  const jobs = FORMS.filter((form) => forms.includes(form)).flatMap((form) => {
    const own = chosen.filter((file) => belongs(file, form) && tiers.includes(tierOf(file, form)));
    const shared = Map.groupBy(own, (file) => (SHARED.test(file) ? file.split("/")[1] : file));
    return [...shared.values()].map((together): Job => ({ form, files: together }));
  });
  const seconds = (job: Job) => durations[nameOf(job)] ?? 0;
  return jobs.sort((a, b) => seconds(b) - seconds(a));
}
