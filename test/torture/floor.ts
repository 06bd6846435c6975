import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** A server that does nothing but say that it is healthy, on a port that it writes: what the machine itself takes. */

const BODY = "floor is Healthy.\n";
const server = createServer((_, response) => {
  response.writeHead(200, { "Content-Type": "text/plain", "Content-Length": BODY.length });
  response.end(BODY);
});
server.listen(0, "127.0.0.1", () => console.log((server.address() as AddressInfo).port));
process.stdin.resume().on("end", () => process.exit());
