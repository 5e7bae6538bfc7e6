// Reads a request as a REST API takes it: whole, with at most 10 MB of body and 10,240 bytes of request line and fields.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html
import type { IncomingMessage } from "node:http";
import type { AwsError, Outcome, SignedRequest } from "../model.js";
import { readBody } from "../lambda/receive-request.js";

const bodyLimit = 10_485_760;
const headLimit = 10_240;

const tooLarge = (): AwsError => ({
  status: 413,
  type: "RequestEntityTooLargeException",
  message: `HTTP content length exceeded ${bodyLimit} bytes.`,
});

/** `undefined` when the client left before its request was whole. */
export async function receiveApiRequest(req: IncomingMessage): Promise<Outcome<SignedRequest> | undefined> {
  const error = checkHead(req);
  if (error !== undefined) return { ok: false, error };
  const body = await readBody(req, bodyLimit, tooLarge);
  if (!body?.ok) return body;
  const { method = "", url: target = "", rawHeaders } = req;
  return { ok: true, value: { method, target, rawHeaders, body: body.value } };
}

function checkHead({ method = "", url = "", httpVersion, headers, rawHeaders }: IncomingMessage) {
  // Each field takes its colon, a space and the end of its line.
  const bytes = rawHeaders.reduce((sum, text) => sum + text.length + 2, method.length + url.length + 12);
  if (bytes > headLimit)
    return {
      status: 431,
      type: "RequestHeaderSectionTooLargeException",
      message: `Request line and header fields exceeded ${headLimit} bytes.`,
    };
  // In HTTP/1.0 the end of the connection is the end of the answer: a broken one would look whole.
  if (httpVersion !== "1.1")
    return { status: 505, type: "HttpVersionNotSupportedException", message: "HTTP/1.1 is needed" };
  return Number(headers["content-length"] ?? 0) > bodyLimit ? tooLarge() : undefined;
}
