import { createServer } from "node:http";

/** The floor of what Node can do: a server that answers 5 kB to everything. `node empty.mjs PORT` */
const body = Buffer.from("memory_example_bytes 1\n".repeat(218));
const headers = { "Content-Type": "text/plain; version=0.0.4; charset=utf-8", "Content-Length": body.length };
const server = createServer({ keepAliveTimeout: 75_000 }, (_, response) => response.writeHead(200, headers).end(body));
server.listen(Number(process.argv[2]), "127.0.0.1");
