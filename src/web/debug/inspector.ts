import type { Session } from "node:inspector/promises";
import { setTimeout as sleep } from "node:timers/promises";

/** Why profiles aren't available, in one line; undefined if they are. */
export function whyNoProfiles(): string | undefined {
  if (process.versions.deno !== undefined) {
    return "Profiles need Node: node:inspector of Deno reports lines of the transpiled code, not of the sources.";
  }
  return process.features.inspector ? undefined : "Profiles need the inspector, and this Node was built without it.";
}

/**
 * Samples for some time, or until the signal is aborted. V8 has always stopped sampling when this has settled. The inspector
 * session is within this process: it opens no port and starts no thread.
 * @param begin starts sampling. @param end stops it and returns the samples.
 */
export async function sample<T>(
  { milliseconds, gone }: { readonly milliseconds: number; readonly gone: AbortSignal },
  begin: (session: Session) => Promise<unknown>,
  end: (session: Session) => Promise<T>,
): Promise<T> {
  const { Session } = await import("node:inspector/promises");
  const session = new Session();
  session.connect();
  try {
    await begin(session);
    await sleep(milliseconds, undefined, { signal: gone }).catch(() => {});
    return await end(session);
  } finally {
    session.disconnect();
  }
}
