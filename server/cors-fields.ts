// What answers say about CORS: the reply to a preflight, and the fields of any other answer. The route decides; for an
// answer that belongs to none (no such path, a target that could not be read), the top-level `cors`.
import type { IncomingHttpHeaders } from "node:http";
import { corsHeaders, preflightHeaders, type Cors } from "./core/cors.js";
import type { Inbound, Reply } from "./core/inbound.js";
import type { RawHeaders } from "./core/raw-headers.js";
import { requestTargetOf } from "./core/request-target.js";
import type { MatchRoute } from "./match-route.js";

/**
 * The gateway's answer to a preflight for a route whose CORS it owns: the one that the request itself would get to,
 * be it the grant door's. Where it would get to none, the top-level `cors` lets it: the page then reads the 404 or 405.
 * A preflight for a route with `cors: null` goes the way of every request, and is the function's to answer where
 * somebody sends a token along.
 */
export function preflightReply(
  inbound: Inbound,
  headers: IncomingHttpHeaders,
  { matchRoute, cors: corsOfAll }: { readonly matchRoute: MatchRoute; readonly cors: Cors | undefined },
): Reply | undefined {
  if (inbound.method !== "OPTIONS") return undefined;
  const { origin, "access-control-request-method": requestMethod } = headers;
  if (!origin || !requestMethod) return undefined;
  const target = requestTargetOf(inbound);
  const match = target.ok ? matchRoute(requestMethod, target.value) : target;
  const cors = match.ok ? match.value.route.cors : corsOfAll;
  if (!cors) return undefined;
  const requestHeaders = headers["access-control-request-headers"];
  const allowed = preflightHeaders(cors, {
    origin,
    requestMethod,
    ...(requestHeaders !== undefined && { requestHeaders }),
  });
  return { kind: "own", status: 204, headers: allowed, body: "" };
}

/** `cors`: of the route that the answer belongs to, else the top-level one. */
export function commonHeaders(
  { requestId }: Inbound,
  origin: string | undefined,
  reply: Reply,
  cors: Cors | undefined,
): Record<string, string> {
  if (!cors || isPreflight(reply)) return { "x-request-id": requestId };
  return { "x-request-id": requestId, ...corsHeaders(cors, origin, () => exposedNames(reply)) };
}

const isPreflight = (reply: Reply): boolean =>
  reply.kind === "own" && "access-control-max-age" in reply.headers;

/** A page may read what the answer holds, and when it was made (Node adds `date`); browsers never show `set-cookie`. */
function exposedNames(reply: Reply): string {
  let names = reply.kind === "own" ? "x-request-id, date" : "x-request-id";
  const fields = reply.kind === "own" ? Object.keys(reply.headers) : namesOf(reply.headers);
  for (const name of fields) if (name !== "set-cookie") names += `, ${name}`;
  return names;
}

const namesOf = (headers: RawHeaders): string[] =>
  headers.filter((_, at) => at % 2 === 0).map((name) => name.toLowerCase());
