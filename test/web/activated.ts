import { listen } from "../../src/web/listen.ts";
import { systemdSockets } from "../../src/web/systemd.ts";
import { answerOk, keptLog } from "../listeners.ts";

/** Serves on the sockets that it was started with, says on which, and ends with the path /end. */
const { log, lines } = keptLog();
const sockets = systemdSockets(process.env, process.pid);
const listeners = await listen(
  { addresses: [":1"], sockets },
  (request, response) => {
    answerOk(request, response);
    if (request.url === "/end") for (const listener of listeners) void listener.close();
  },
  log,
);
console.log(JSON.stringify(lines));
