// What node:http could not read as a request, or would not hand on, never reaches Express; it still gets a clear
// answer, a line in the log and its place in the metrics.
import { randomUUID } from "node:crypto";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { Denial } from "../core/denial.js";
import { problemBody, problemHeaders, problemOf } from "../core/problem.js";
import { clientAddress } from "./client-address.js";
import type { Log } from "./log.js";
import type { Metrics } from "./metrics.js";

export interface ConnectionErrorParts {
  readonly log: Log;
  readonly metrics: Metrics;
}

/** Answers parse errors, timeouts and CONNECT as problems, unless an answer is already on its way. */
export function answerConnectionErrors(server: Server, parts: ConnectionErrorParts): void {
  const answering = new WeakMap<Duplex, ServerResponse>();
  // A pipelined request is not the one being answered before its response has the socket.
  const onRequest = (request: IncomingMessage, response: ServerResponse): void => {
    if (response.socket) answering.set(request.socket, response);
    else response.once("socket", (socket: Duplex) => answering.set(socket, response));
  };
  server.on("request", onRequest).on("checkContinue", onRequest).on("checkExpectation", onRequest);
  server.on("clientError", (error: NodeJS.ErrnoException, socket) => {
    const response = answering.get(socket);
    const isCalling = response !== undefined && !response.writableFinished;
    // What stands behind a request that said `Connection: close` is nobody's: the call goes on to its end.
    if (isCalling && error.code === "HPE_CLOSED_CONNECTION") return;
    // What is late is behind a request that came whole, and that call goes on: it waits for us, or for its own caller.
    if (isCalling && error.code === "ERR_HTTP_REQUEST_TIMEOUT" && response.req.complete) {
      // node:http asks no second time: unless it has become a request by then, its connection ends with the call.
      response.once("close", () => {
        if (answering.get(socket) === response) socket.end();
      });
      return;
    }
    // A head that is out cannot be taken back: the transfer breaks. A connection that is gone needs no words.
    if (!socket.writable || (isCalling && response.headersSent) || error.code === "ECONNRESET") {
      socket.destroy();
      return;
    }
    answerRaw(socket, denialOf(error), isCalling, parts);
  });
  server.on("connect", (_request, socket) => {
    // node:http leaves such a socket to its taker, errors included.
    socket.on("error", () => undefined);
    answerRaw(socket, { reason: "target_invalid", cause: "CONNECT asks for a tunnel" }, false, parts);
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

/** How long a caller may leave his side open once he has his answer. */
const lingerMs = 2_000;

/** `isCalling`: a call was begun on this connection and ends with it; it has a line and a count of its own. */
function answerRaw(
  socket: Duplex,
  denial: Denial,
  isCalling: boolean,
  { log, metrics }: ConnectionErrorParts,
) {
  const requestId = randomUUID();
  const { status } = problemOf(denial);
  const fields = { requestId, client: addressOf(socket), status, ...denial };
  log.info(fields, isCalling ? "connection error" : "request");
  if (!isCalling) {
    metrics.callStarted();
    const { reason } = denial;
    metrics.callEnded({ route: "none", door: "none", status, verdict: "complete", seconds: 0, reason });
  }
  socket.end(rawProblem(denial, requestId));
  const cut = setTimeout(() => socket.destroy(), lingerMs);
  socket.once("close", () => clearTimeout(cut));
  // Bytes left unread would reset the connection, and the reset overtake the answer (RFC 9112 9.6).
  socket.resume();
}

/** The other end of the connection: a field that names who is behind it was not read, or is not asked. */
const addressOf = (socket: Duplex): string =>
  clientAddress(socket instanceof Socket ? socket.remoteAddress : undefined);

function rawProblem(denial: Denial, requestId: string): string {
  const problem = problemOf(denial);
  const body = JSON.stringify(problemBody(problem, requestId));
  const headers = {
    ...problemHeaders(problem),
    "content-length": String(Buffer.byteLength(body)),
    "x-request-id": requestId,
    connection: "close",
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${problem.status} ${problem.title}\r\n${lines.join("")}\r\n${body}`;
}
