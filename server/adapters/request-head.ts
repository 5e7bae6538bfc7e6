// What the head of a request asks of the HTTP server itself, beyond what node:http's parser refuses. Some of it
// node:http would answer alone, with neither a request id nor a line in the log.
import type { IncomingMessage } from "node:http";
import type { Denial } from "../core/denial.js";

/** Why the request goes no further, whatever its route. */
export function headFault(request: IncomingMessage): Denial | undefined {
  const { host, "transfer-encoding": coding } = request.headers;
  // RFC 9112 5.1: a server behind us might read the name without the space. Node 20.19.0 lets it pass.
  if (hasSpaceBeforeColon(request))
    return { reason: "request_malformed", cause: "a space before the colon of a header field" };
  // RFC 9112 3.2
  if (!isHttp10(request) && host === undefined)
    return { reason: "target_invalid", cause: "HTTP/1.1 asks for a Host header" };
  // RFC 9112 6.1: the framing of such a message is faulty. A coding before `chunked` would be lost on the way.
  if (coding !== undefined && (isHttp10(request) || coding.toLowerCase() !== "chunked"))
    return { reason: "request_malformed", cause: "the only transfer coding is chunked, in HTTP/1.1" };
  const expectation = expectationOf(request);
  if (expectation !== undefined && expectation !== "100-continue") return { reason: "expectation_unknown" };
  if (asksForWebSocket(request)) return { reason: "upgrade_refused" };
  return undefined;
}

function hasSpaceBeforeColon({ rawHeaders }: IncomingMessage): boolean {
  for (let at = 0; at < rawHeaders.length; at += 2) if (rawHeaders[at]?.endsWith(" ")) return true;
  return false;
}

/**
 * RFC 9110 7.8 lets a server pass over an upgrade, and h2c and the like are passed over: the call is the same in
 * HTTP/1.1. A WebSocket's is not, so it must not reach a function as a plain GET, to run and bill for a handshake
 * that fails anyhow. In HTTP/1.0 the field counts for nothing.
 */
function asksForWebSocket(request: IncomingMessage): boolean {
  const { upgrade } = request.headers;
  if (upgrade === undefined || isHttp10(request)) return false;
  return upgrade.split(",").some((protocol) => /^\s*websocket\s*(?:\/|$)/i.test(protocol));
}

/** In lower case. One of an HTTP/1.0 client counts for nothing (RFC 9110 10.1.1). */
export const expectationOf = (request: IncomingMessage): string | undefined =>
  isHttp10(request) ? undefined : request.headers.expect?.toLowerCase();

/** Such a client knows neither chunks nor interim answers: where the connection ends, the answer ends. */
export const isHttp10 = ({ httpVersionMajor, httpVersionMinor }: IncomingMessage): boolean =>
  httpVersionMajor === 1 && httpVersionMinor === 0;
