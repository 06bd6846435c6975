import { basicCredentials, type OAuth2 } from "../config/http_client.ts";
import { type Reply, replyText } from "./protocol.ts";
import { createTransport } from "./transport.ts";

/** Tokens of the client credentials grant (RFC 6749, section 4.4), cached until they expire. */
export type Tokens = {
  /** The header Authorization. Rejects with one line if there is no token. */
  readonly authorization: (oauth2: OAuth2, signal: AbortSignal) => Promise<string>;
  /** Drops the cached token, which the server has refused. */
  readonly forget: () => void;
  readonly close: () => void;
};

/** A token isn't used in its last seconds, since a request takes some time. */
const EARLY_MS = 10_000;

export function createTokens(userAgent: string): Tokens {
  const transport = createTransport();
  let kept: { readonly of: OAuth2; readonly header: string; readonly untilMs: number } | undefined;

  async function ask(oauth2: OAuth2, signal: AbortSignal, inForm: boolean): Promise<Reply> {
    const { clientId, clientSecret, scopes, tokenUrl: url, endpointParams } = oauth2;
    const form = new URLSearchParams({ grant_type: "client_credentials" });
    if (scopes.length > 0) form.set("scope", scopes.join(" "));
    if (inForm) form.set("client_id", clientId);
    if (inForm && clientSecret !== "") form.set("client_secret", clientSecret);
    for (const [name, value] of endpointParams) form.set(name, value);
    const credentials = basicCredentials(formEncoded(clientId), formEncoded(clientSecret));
    const headers = {
      "Content-Type": "application/x-www-form-urlencoded",
      "User-Agent": userAgent,
      ...(!inForm && { Authorization: credentials }),
    };
    const body = new TextEncoder().encode(form.toString());
    return transport.exchange({ method: "POST", url, headers, body }, oauth2, signal);
  }

  return {
    async authorization(oauth2, signal) {
      if (kept?.of === oauth2 && performance.now() < kept.untilMs) return kept.header;
      let reply = await ask(oauth2, signal, false);
      // Some servers accept credentials only in the form, which Prometheus tries too.
      if (!isSuccess(reply)) reply = await ask(oauth2, signal, true);
      if (!isSuccess(reply)) throw new Error(`oauth2: ${replyText(reply)}`);
      kept = { of: oauth2, ...tokenOf(reply) };
      return kept.header;
    },
    forget() {
      kept = undefined;
    },
    close: transport.close,
  };
}

const isSuccess = ({ status }: Reply) => status >= 200 && status < 300;

/** @throws Error for an answer without a token. The answer isn't shown. */
function tokenOf({ body }: Reply): { readonly header: string; readonly untilMs: number } {
  const { access_token: token, token_type: type, expires_in: seconds } = jsonOf(body);
  if (typeof token !== "string" || !/^[\x21-\x7e]+$/.test(token)) {
    throw new Error("oauth2: found no access_token in the answer of token_url (not shown), wanted one");
  }
  const scheme = typeof type === "string" && type.toLowerCase() !== "bearer" ? type : "Bearer";
  const lifeMs = Number(seconds) * 1000;
  return {
    header: `${scheme} ${token}`,
    untilMs: performance.now() + (lifeMs > 0 ? lifeMs - EARLY_MS : Number.POSITIVE_INFINITY),
  };
}

function jsonOf(body: Uint8Array): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(new TextDecoder().decode(body)) ?? {};
  } catch {
    return {};
  }
}

/** Encodes a part of the credentials as RFC 6749, section 2.3.1, requires. */
function formEncoded(text: string): string {
  return new URLSearchParams({ "": text }).toString().slice(1);
}
