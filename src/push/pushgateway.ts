import { encode } from "../exposition/encode.ts";
import type { Labels } from "../metric.ts";
import { notStored, type Protocol, type Request, replyText, STORED, type Verdict } from "./protocol.ts";

/** Settings of a Pushgateway. */
export type PushgatewayOptions = {
  /** Base URL of the Pushgateway: `http://host:9091`, possibly with a prefix. */
  readonly url: URL;
  readonly job: string;
  /** Labels of the grouping key, without job. */
  readonly grouping: Labels;
  /** Labels to add to series that don't have them. */
  readonly labels: Labels;
  /** put replaces the whole group, post only metrics with the same names. */
  readonly method: "put" | "post";
  /** Whether to delete the group on exit. */
  readonly deletes: boolean;
};

/** The protocol of a Pushgateway, which stores the latest page of each group without timestamps. */
export function createPushgateway(options: PushgatewayOptions): Protocol {
  const { labels, method, deletes } = options;
  const url = groupUrl(options);
  const headers = { "Content-Type": "text/plain; version=0.0.4; charset=utf-8" };
  const farewell: Request = { method: "DELETE", url, headers: {}, body: new Uint8Array() };
  return {
    keepsTime: false,
    async encode({ families }) {
      // Without timestamps, which the Pushgateway refuses.
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
      // It answers 301 to an invalid path, and the push is lost.
      if (reply.status === 200 || reply.status === 202) return STORED;
      return notStored(reply, replyText(reply), reply.status >= 500 || reply.status === 429);
    },
    ...(deletes && { farewell }),
  };
}

/** The path of a group. Values are always encoded in base64, since slashes and empty values wouldn't work otherwise. */
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
