// What the head of a request asks of the HTTP server itself, beyond what node:http's parser refuses. Some of it
// node:http would answer alone, with neither a request id nor a line in the log.
import type { IncomingMessage } from "node:http";
import type { Denial } from "../core/denial.js";

/** Why the request goes no further, whatever its route. */
export function headFault(request: IncomingMessage): Denial | undefined {
  const { host, "transfer-encoding": coding } = request.headers;
  // RFC 9112 5.1: a server behind us might read the name without the space. Node 20.19.0 lets it pass.
  if (request.rawHeaders.some((text, at) => at % 2 === 0 && text.endsWith(" ")))
    return { reason: "request_malformed", cause: "a space before the colon of a header field" };
  // RFC 9112 3.2
  if (!isHttp10(request) && host === undefined)
    return { reason: "target_invalid", cause: "HTTP/1.1 asks for a Host header" };
  // RFC 9112 6.1: the framing of such a message is faulty. A coding before `chunked` would be lost on the way.
  if (coding !== undefined && (isHttp10(request) || coding.toLowerCase() !== "chunked"))
    return { reason: "request_malformed", cause: "the only transfer coding is chunked, in HTTP/1.1" };
  const expectation = expectationOf(request);
  if (expectation !== undefined && expectation !== "100-continue") return { reason: "expectation_unknown" };
  return undefined;
}

/** In lower case. One of an HTTP/1.0 client counts for nothing (RFC 9110 10.1.1). */
export const expectationOf = (request: IncomingMessage): string | undefined =>
  isHttp10(request) ? undefined : request.headers.expect?.toLowerCase();

/** Such a client knows neither chunks nor interim answers: where the connection ends, the answer ends. */
export const isHttp10 = ({ httpVersionMajor, httpVersionMinor }: IncomingMessage): boolean =>
  httpVersionMajor === 1 && httpVersionMinor === 0;
