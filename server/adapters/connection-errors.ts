// What node:http could not read as a request never reaches Express; it still gets a clear answer.
import { randomUUID } from "node:crypto";
import type { Server, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import type { Denial } from "../core/denial.js";
import { problemBody, problemOf } from "../core/problem.js";
import type { Log } from "./log.js";

/** Answers parse errors and timeouts of `server` as problems, unless an answer is already on its way. */
export function answerConnectionErrors(server: Server, log: Log): void {
  const answering = new WeakMap<Duplex, ServerResponse>();
  server.on("request", (request, response) => {
    answering.set(request.socket, response);
    response.once("close", () => answering.delete(request.socket));
  });
  server.on("clientError", (error: NodeJS.ErrnoException, socket) => {
    // A head that is out cannot be taken back: the transfer breaks. A connection that is gone needs no words.
    if (!socket.writable || answering.get(socket)?.headersSent || error.code === "ECONNRESET") {
      socket.destroy();
      return;
    }
    const requestId = randomUUID();
    const denial = denialOf(error);
    log.info({ requestId, ...denial }, "request");
    socket.end(rawProblem(denial, requestId));
  });
}

function denialOf(error: NodeJS.ErrnoException): Denial {
  switch (error.code) {
    case "HPE_HEADER_OVERFLOW":
      return { reason: "headers_too_large" };
    case "ERR_HTTP_REQUEST_TIMEOUT":
      return { reason: "request_timeout" };
    case "HPE_INVALID_URL":
      return { reason: "target_invalid", cause: error.message };
    default:
      return { reason: "request_malformed", cause: `${error.code ?? "Error"}: ${error.message}` };
  }
}

function rawProblem(denial: Denial, requestId: string): string {
  const problem = problemOf(denial);
  const body = JSON.stringify(problemBody(problem, requestId));
  const headers = {
    ...problem.headers,
    "content-type": "application/problem+json",
    "content-length": String(Buffer.byteLength(body)),
    "cache-control": "no-store",
    "x-request-id": requestId,
    connection: "close",
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${problem.status} ${problem.title}\r\n${lines.join("")}\r\n${body}`;
}
