import { listen } from "../../src/web/listen.ts";
import { systemdSockets } from "../../src/web/systemd.ts";
import { answerOk, keptLog, UNOBSERVED } from "../listeners.ts";

/** Serves on the sockets that it was started with, says on which, and ends with the path /end. */
const { log, lines } = keptLog();
const sockets = systemdSockets(process.env, process.pid);
const listeners = await listen(
  { addresses: [":1"], sockets, observer: UNOBSERVED },
  (request, response, reached) => {
    answerOk(request, response, reached);
    if (request.url === "/end") for (const listener of listeners) void listener.close();
  },
  log,
);
console.log(JSON.stringify(lines));
