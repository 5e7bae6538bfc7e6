// What every answer says about CORS: the reply to a preflight, and the fields of any other answer.
import type { Request } from "express";
import { corsHeaders, preflightHeaders, type Cors } from "./core/cors.js";
import type { Inbound, Reply } from "./core/inbound.js";
import { headerEntries } from "./core/raw-headers.js";

export function preflightReply(request: Request, cors: Cors): Reply | undefined {
  const { origin, "access-control-request-method": requestMethod } = request.headers;
  if (request.method !== "OPTIONS" || !origin || !requestMethod) return undefined;
  const requestHeaders = request.headers["access-control-request-headers"];
  const headers = preflightHeaders(cors, {
    origin,
    requestMethod,
    ...(requestHeaders !== undefined && { requestHeaders }),
  });
  return { kind: "own", status: 204, headers, body: "" };
}

export function commonHeaders(
  inbound: Inbound,
  request: Request,
  reply: Reply,
  cors: Cors | undefined,
): Record<string, string> {
  const headers = { "x-request-id": inbound.requestId };
  if (!cors || (reply.kind === "own" && "access-control-allow-methods" in reply.headers)) return headers;
  return { ...headers, ...corsHeaders(cors, request.headers.origin, exposedNames(reply)) };
}

/** A page may read what the answer holds; browsers never show `set-cookie`. */
function exposedNames(reply: Reply): string[] {
  const names =
    reply.kind === "own"
      ? Object.keys(reply.headers)
      : Array.from(headerEntries(reply.headers), ([name]) => name.toLowerCase());
  return [...new Set(["x-request-id", ...names])].filter((name) => name !== "set-cookie");
}
