import type { IncomingMessage, ServerResponse } from "node:http";
import type { Reached } from "./labels.ts";

/** Answers a request, and reports its route to `reached`. HTTP/2 requests use the same types. */
export type Handler = (request: IncomingMessage, response: ServerResponse, reached: Reached) => void;
