// Express request -> Inbound, Reply -> Express response. Decides nothing about a call; knows sockets, helmet and how
// an answer leaves a connection.
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import type { Socket } from "node:net";
import type { Request, Response } from "express";
import helmet from "helmet";
import { clientAddress } from "./adapters/client-address.js";
import { EventStreamSink } from "./adapters/event-stream-sink.js";
import { HttpRequestBody, type BodyBudget, type LeftOver } from "./adapters/request-body.js";
import { isHttp10 } from "./adapters/request-head.js";
import { ResponseSink } from "./adapters/response-sink.js";
import { Abandonment } from "./core/abandonment.js";
import { isBodiless } from "./core/bodiless.js";
import type { Client } from "./core/forwarded-headers.js";
import type { Inbound, Reply, Verdict } from "./core/inbound.js";
import { headerValues, withoutField, type RawHeaders } from "./core/raw-headers.js";

export interface HttpInbound extends Inbound {
  readonly body: HttpRequestBody;
}

export interface BridgeOptions {
  readonly budget: BodyBudget;
  /** 0: `x-forwarded-*` counts for nothing. */
  readonly trustProxy: number | readonly string[];
}

export function inboundOf(
  request: Request,
  response: Response,
  { budget, trustProxy }: BridgeOptions,
): HttpInbound {
  const abandonment = new Abandonment();
  response.on("close", () => {
    if (!response.writableFinished) abandonment.abandon("client_gone");
  });
  return {
    requestId: randomUUID(),
    method: request.method,
    rawTarget: request.url,
    headers: request.rawHeaders,
    client: clientOf(request, trustProxy !== 0),
    body: new HttpRequestBody(request, response, budget),
    abandonment,
  };
}

/** As far as the application's `trust proxy` lets `x-forwarded-*` be believed. */
function clientOf(request: Request, trustsProxies: boolean): Client {
  // Not Express's `host`, which takes X-Forwarded-Host before it: load balancers that pass Host pass a client's own
  // X-Forwarded-Host too, and a DPoP proof for another server would then serve here (RFC 9449 4.3 point 9).
  const { host } = request.headers;
  const address = trustsProxies ? clientAddress(request.ip) : peerAddress(request.socket);
  const protocol = trustsProxies && request.protocol === "https" ? "https" : "http";
  return host === undefined ? { address, protocol } : { address, protocol, host };
}

/** The same for every request of a connection. */
const peerAddresses = new WeakMap<Socket, string>();

function peerAddress(socket: Socket): string {
  const known = peerAddresses.get(socket);
  if (known !== undefined) return known;
  const address = clientAddress(socket.remoteAddress);
  peerAddresses.set(socket, address);
  return address;
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
export function send(
  reply: Reply,
  request: Request,
  response: Response,
  options: SendOptions,
): Promise<Verdict> {
  return reply.kind === "relayed"
    ? relay(reply, request, response, options)
    : sendOwn(reply, request, response, options);
}

function relay(
  reply: Extract<Reply, { kind: "relayed" }>,
  request: Request,
  response: Response,
  options: SendOptions,
): Promise<Verdict> {
  const fields = announcesInVain(reply, request)
    ? withoutField(reply.headers, "trailer")
    : [...reply.headers];
  for (const name in options.headers) fields.push(name, options.headers[name] ?? "");
  if (isLastAnswer(options)) fields.push("connection", "close");
  response.writeHead(reply.status, fields);
  const sink = new ResponseSink(response, isHttp10(request));
  const verdict = reply.body.relay(reply.eventStream ? new EventStreamSink(sink, reply.eventStream) : sink);
  // The head is worth something before the first byte of the body: a stream may be silent for minutes.
  sink.flush();
  return verdict;
}

const isLastAnswer = ({ isLast, leftOver }: SendOptions): boolean => isLast || leftOver !== "none";

/** Whether the answer will be chunked, as node:http decides it. */
const mayHaveTrailers = (
  { status, headers }: { status: number; headers: RawHeaders },
  request: Request,
): boolean =>
  !isHttp10(request) &&
  !isBodiless(request.method, status) &&
  headerValues(headers, "content-length").length === 0;

/** node:http throws on a `Trailer` that no trailers can follow; it was an announcement only (RFC 9110 6.6.2). */
const announcesInVain = (reply: { status: number; headers: RawHeaders }, request: Request): boolean =>
  headerValues(reply.headers, "trailer").length > 0 && !mayHaveTrailers(reply, request);

async function sendOwn(
  reply: Extract<Reply, { kind: "own" }>,
  request: Request,
  response: Response,
  options: SendOptions,
): Promise<Verdict> {
  // Node would take the answer, and nobody would read it.
  if (response.destroyed) return "client_gone";
  response.writeHead(reply.status, {
    ...helmetFields,
    ...options.headers,
    ...(isLastAnswer(options) && { connection: "close" }),
    ...reply.headers,
    // RFC 9110 8.6: not in a 204.
    ...(reply.status !== 204 && { "content-length": Buffer.byteLength(reply.body) }),
  });
  return endOwn(reply.body, request, response, options.leftOver);
}

/** helmet's fields are the same for every answer: it is asked once, where it would take 15 us each time. */
const helmetFields: Readonly<Record<string, string>> = (() => {
  const fields: Record<string, string> = {};
  const response = {
    setHeader: (name: string, value: string) => (fields[name.toLowerCase()] = value),
    removeHeader: () => undefined,
  } as unknown as Response;
  helmet()({} as unknown as Request, response, () => undefined);
  return fields;
})();

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
