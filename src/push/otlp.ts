import { BinaryReader, WireType } from "@bufbuild/protobuf/wire";
import { compress } from "../exposition/compress.ts";
import { encodeExport, type OtlpResource } from "./otlp_message.ts";
import { notStored, type Protocol, pathHint, type Reply, replyText, STORED, type Verdict } from "./protocol.ts";

/** Statuses that allow a retry. */
const RETRIABLE = new Set([429, 502, 503, 504]);

/** OTLP over HTTP in protobuf: https://opentelemetry.io/docs/specs/otlp/ */
export function createOtlp(url: URL, resource: OtlpResource): Protocol {
  // Without charset: Prometheus compares the whole value.
  const headers = { "Content-Type": "application/x-protobuf", "Content-Encoding": "gzip" };
  return {
    keepsTime: true,
    encode: async (batch) => ({
      method: "POST",
      url,
      headers,
      body: await compress(encodeExport(batch, resource), "gzip"),
    }),
    judge(reply): Verdict {
      if (reply.status >= 200 && reply.status < 300) return storedOf(reply);
      const said = replyText(reply.headers["content-type"] === headers["Content-Type"] ? statusReply(reply) : reply);
      const reason = said + pathHint(reply, url, "/v1/metrics");
      return notStored(reply, reason, RETRIABLE.has(reply.status));
    },
  };
}

/** ExportMetricsServiceResponse: a partial success has the number of rejected points and the reason. */
function storedOf({ body }: Reply): Verdict {
  const partial = fieldsOf(body).get(1);
  const fields = partial instanceof Uint8Array ? fieldsOf(partial) : new Map();
  const dropped = Number(fields.get(1) ?? 0);
  return dropped > 0 ? { kind: "stored", dropped, reason: `server rejected points: ${textOf(fields.get(2))}` } : STORED;
}

/** google.rpc.Status: its field 2 is the message. */
function statusReply(reply: Reply): Reply {
  return { ...reply, body: new TextEncoder().encode(textOf(fieldsOf(reply.body).get(2))) };
}

const textOf = (bytes: unknown) => (bytes instanceof Uint8Array ? new TextDecoder().decode(bytes) : "");

/** The number and bytes fields of a message. Empty for other bytes. */
function fieldsOf(bytes: Uint8Array): Map<number, unknown> {
  const fields = new Map<number, unknown>();
  try {
    const reader = new BinaryReader(bytes);
    while (reader.pos < reader.len) {
      const [field, type] = reader.tag();
      if (type === WireType.Varint) fields.set(field, reader.int64());
      else if (type === WireType.LengthDelimited) fields.set(field, reader.bytes());
      else reader.skip(type, field);
    }
  } catch {
    // Not a message, but a text for example.
  }
  return fields;
}
