import { encode } from "../exposition/encode.ts";
import type { Labels } from "../metric.ts";
import { type Protocol, type Request, replyText, retryAfterMs, STORED, type Verdict } from "./protocol.ts";

/** How a Pushgateway is pushed to. */
export type PushgatewayOptions = {
  /** Of the Pushgateway itself: `http://host:9091`, or with the prefix of its paths. */
  readonly url: URL;
  readonly job: string;
  /** The grouping key besides the job. */
  readonly grouping: Labels;
  /** Added to series that don't have a label of the name. */
  readonly labels: Labels;
  /** put replaces the whole group, post the metrics of the same names. */
  readonly method: "put" | "post";
  /** Deletes the group at the end. */
  readonly deletes: boolean;
};

/** A Pushgateway: knows the latest page of each group, without times. */
export function createPushgateway(options: PushgatewayOptions): Protocol {
  const { labels, method, deletes } = options;
  const url = groupUrl(options);
  const headers = { "Content-Type": "text/plain; version=0.0.4; charset=utf-8" };
  const farewell: Request = { method: "DELETE", url, headers: {}, body: new Uint8Array() };
  return {
    keepsTime: false,
    async encode({ families }) {
      // Samples are made anew: the Pushgateway refuses times.
      const page = families.map((family) => ({
        ...family,
        samples: family.samples.map(({ labels: own, value, suffix }) => {
          const all = { ...labels, ...own };
          return suffix === undefined ? { labels: all, value } : { labels: all, value, suffix };
        }),
      }));
      const body = new TextEncoder().encode(await encode(page, "text"));
      return { method: method === "put" ? "PUT" : "POST", url, headers, body };
    },
    judge(reply): Verdict {
      // A 301 is how it answers a path that it doesn't take: what was pushed is lost then.
      if (reply.status === 200 || reply.status === 202) return STORED;
      const reason = replyText(reply);
      const isLater = reply.status >= 500 || reply.status === 429;
      return isLater
        ? { kind: "later", reason, afterMs: retryAfterMs(reply, Date.now()) }
        : { kind: "refused", reason, stored: 0 };
    },
    ...(deletes && { farewell }),
  };
}

/** The path of a group. Values are in base64 always: as they are, a slash or an empty one would lose the push. */
function groupUrl({ url, job, grouping }: PushgatewayOptions): URL {
  const pairs = [["job", job], ...Object.entries(grouping)];
  const path = pairs.map(([name, value = ""]) => `/${name}@base64/${base64Url(value)}`).join("");
  const group = new URL(url);
  group.pathname = `${url.pathname.replace(/\/+$/, "")}/metrics${path}`;
  return group;
}

/** An empty value is written as `=`. */
function base64Url(text: string): string {
  return Buffer.from(text).toString("base64url") || "=";
}
