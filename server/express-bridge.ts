// Express request -> Inbound, Reply -> Express response. Decides nothing about a call; knows sockets, helmet and how
// an answer leaves a connection.
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { isIP } from "node:net";
import type { Request, Response } from "express";
import helmet from "helmet";
import { HttpRequestBody, type BodyBudget, type LeftOver } from "./adapters/request-body.js";
import { isHttp10 } from "./adapters/request-head.js";
import type { Client } from "./core/forwarded-headers.js";
import type { Inbound, Reply, Sink, Verdict } from "./core/inbound.js";

export interface HttpInbound extends Inbound {
  readonly body: HttpRequestBody;
}

export function inboundOf(request: Request, response: Response, budget: BodyBudget): HttpInbound {
  const gone = new AbortController();
  response.once("close", () => {
    if (!response.writableFinished) gone.abort();
  });
  return {
    requestId: randomUUID(),
    method: request.method,
    rawTarget: request.originalUrl,
    headers: request.rawHeaders,
    client: clientOf(request),
    body: new HttpRequestBody(request, response, budget),
    signal: gone.signal,
  };
}

/** As far as the application's `trust proxy` lets `x-forwarded-*` be believed. */
function clientOf(request: Request): Client {
  const address = request.ip?.replace(/^::ffff:(?=\d+\.)/i, "") ?? "";
  // Not Express's `host`, which takes X-Forwarded-Host before it: load balancers that pass Host pass a client's own
  // X-Forwarded-Host too, and a DPoP proof for another server would then serve here (RFC 9449 4.3 point 9).
  const host = request.get("host");
  return {
    // RFC 7239 6.3, where a proxy wrote no address.
    address: isIP(address) === 0 ? "unknown" : address,
    protocol: request.protocol === "https" ? "https" : "http",
    ...(host !== undefined && { host }),
  };
}

export interface SendOptions {
  /** For every answer: `x-request-id`, CORS. Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** The connection takes no further request. */
  readonly isLast: boolean;
  /** What is left of the request's body. */
  readonly leftOver: LeftOver;
}

/** Sends a reply to its end and says how it ended. */
export async function send(
  reply: Reply,
  request: Request,
  response: Response,
  options: SendOptions,
): Promise<Verdict> {
  const isLast = options.isLast || options.leftOver !== "none";
  const headers = { ...options.headers, ...(isLast && { connection: "close" }) };
  if (reply.kind === "relayed") {
    response.writeHead(reply.status, [...reply.headers, ...Object.entries(headers).flat()]);
    // The head is worth something before the first byte of the body: a stream may be silent for minutes.
    // Field values are bytes: `flushHeaders` would encode those above 0x7f once more.
    response.write("", "latin1");
    return reply.body.relay(isHttp10(request) ? breakable(response) : response);
  }
  // Node would take the answer, and nobody would read it.
  if (response.destroyed) return "client_gone";
  addHelmetHeaders(request, response, () => undefined);
  response.writeHead(reply.status, {
    ...headers,
    ...reply.headers,
    // RFC 9110 8.6: not in a 204.
    ...(reply.status !== 204 && { "content-length": Buffer.byteLength(reply.body) }),
  });
  return endOwn(reply.body, request, response, options.leftOver);
}

const addHelmetHeaders = helmet();

/** For HTTP/1.0 the end of the connection is the end of the answer: only a reset tells a broken one from a whole one. */
const breakable = (response: Response): Sink => ({
  write: (chunk) => response.write(chunk),
  end: () => response.end(),
  destroy: () => (response.socket ? response.socket.resetAndDestroy() : response.destroy()),
  on: (event, listener) => response.on(event, listener),
});

/** How long an answer waits for a caller who is still sending. */
const lingerMs = 2_000;

/**
 * Closing a connection with unread bytes resets it, and the reset overtakes the answer: so the answer goes out, the
 * rest of the body is thrown away for a moment, and only then the connection ends (RFC 9112 9.6).
 */
async function endOwn(
  body: string,
  request: Request,
  response: Response,
  leftOver: LeftOver,
): Promise<Verdict> {
  if (leftOver === "coming") {
    response.write(body);
    request.resume();
    await once(request, "close", { signal: AbortSignal.timeout(lingerMs) }).catch(() => undefined);
    response.end();
  } else {
    response.end(body);
  }
  if (!response.writableFinished && !response.destroyed) {
    await Promise.race([once(response, "finish"), once(response, "close")]).catch(() => undefined);
  }
  return response.writableFinished ? "complete" : "client_gone";
}
