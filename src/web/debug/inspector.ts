import type { Session } from "node:inspector/promises";
import { setTimeout as sleep } from "node:timers/promises";

/** Why this runtime takes no profiles, in one line; undefined if it does. */
export function whyNoProfiles(): string | undefined {
  if (process.versions.deno !== undefined) {
    return "Profiles need Node: node:inspector of Deno tells lines of what Deno made of the sources, not theirs.";
  }
  return process.features.inspector ? undefined : "Profiles need an inspector, and this Node was built without one.";
}

/**
 * Samples for some time, or until the signal is aborted. Whatever happens, V8 has stopped sampling when this has ended.
 * The session is one inside of this process: it opens no port and starts no thread.
 * @param begin starts to sample; `end` stops it and gives what was sampled.
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
