import type { IncomingMessage, ServerResponse } from "node:http";
import type { Reached } from "./labels.ts";

/** Answers one request, and tells which route it has reached. HTTP/2's compatible objects come as these too. */
export type Handler = (request: IncomingMessage, response: ServerResponse, reached: Reached) => void;
