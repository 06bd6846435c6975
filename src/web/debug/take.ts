import { quote } from "../../text.ts";
import { type Answer, failure } from "../answer.ts";
import { whyNoProfiles } from "./inspector.ts";
import type { Profile } from "./profiles.ts";

/** Answers a request for a profile. */
type Take = (profile: Profile, query: URLSearchParams, gone: AbortSignal) => Promise<Answer>;

/** Takes one profile at a time, since two would measure each other and V8 has only one heap profiler. */
export function createTake(): Take {
  let busy = false;
  return async (profile, query, gone) => {
    const reason = whyNoProfiles();
    if (reason !== undefined) return refusal(501, reason);
    const seconds = readSeconds(profile, query);
    if (typeof seconds === "string") return refusal(400, seconds);
    if (busy) return refusal(409, "Another profile is being taken, try again later.");
    busy = true;
    try {
      return profileAnswer(profile.name, await profile.take(seconds, gone));
    } finally {
      busy = false;
    }
  };
}

/** An error. `go tool pprof` prints its text because of this header. */
export function refusal(status: number, message: string): Answer {
  const { headers, ...rest } = failure(status, message);
  return { ...rest, headers: { ...headers, "X-Go-Pprof": "1" } };
}

/** The headers are those of Go's net/http/pprof. */
function profileAnswer(name: string, body: Uint8Array): Answer {
  const headers = {
    "Content-Type": "application/octet-stream",
    "Content-Disposition": `attachment; filename="${name}"`,
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
  };
  return { status: 200, headers, body };
}

/** The duration of sampling, or an error message. */
function readSeconds({ defaultSeconds, maxSeconds }: Profile, query: URLSearchParams): number | string {
  const text = query.get("seconds");
  if (text === null) return defaultSeconds;
  const seconds = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (seconds >= 1 && seconds <= maxSeconds) return seconds;
  return `seconds: found ${quote(text)}, wanted a whole number from 1 to ${maxSeconds}`;
}
