import type { Gatherer } from "../../gather/gatherer.ts";
import { page, type Route, reading, redirecting } from "../answer.ts";
import { commandsAnswer } from "./commands.ts";
import { debugIndex } from "./index_page.ts";
import { whyNoProfiles } from "./inspector.ts";
import { PROFILES } from "./profiles.ts";
import { profilesPage } from "./profiles_page.ts";
import { createTake, refusal } from "./take.ts";

/** The routes of `--web.enable-debug`. */
export function debugRoutes(gatherer: Gatherer, withStderr: boolean): ReadonlyMap<string, Route> {
  const take = createTake();
  const index = async () => {
    const reason = whyNoProfiles();
    return reason === undefined ? page(profilesPage(PROFILES)) : refusal(501, reason);
  };
  return new Map<string, Route>([
    ["/debug", redirecting(301, "debug/")],
    ["/debug/", reading(async () => page(debugIndex()))],
    ["/debug/commands", reading(async (request, query) => commandsAnswer(gatherer, withStderr, request, query))],
    ["/debug/pprof", redirecting(301, "pprof/")],
    ["/debug/pprof/", reading(index)],
    ...PROFILES.map((profile): [string, Route] => [
      `/debug/pprof/${profile.name}`,
      // No HEAD, since it would take a profile only to discard it.
      { methods: ["GET"], answer: (_request, query, gone) => take(profile, query, gone) },
    ]),
  ]);
}
