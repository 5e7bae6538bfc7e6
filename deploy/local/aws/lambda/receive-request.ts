// Reads a request as a function URL takes it: whole, at most 6 MB, and only methods and framing that Lambda knows.
import type { IncomingMessage } from "node:http";
import type { AwsError, Outcome, SignedRequest } from "../model.js";

/** Lambda's limit for what a function is called with, event envelope included. */
export const REQUEST_LIMIT = 6_291_456;

const METHODS = new Set(["GET", "POST", "PUT", "HEAD", "OPTIONS", "PATCH", "DELETE"]);

export const requestTooLarge = (bytes: number): AwsError => ({
  status: 413,
  type: "RequestEntityTooLargeException",
  message: `${bytes} byte payload is too large for the RequestResponse invocation type (limit ${REQUEST_LIMIT} bytes)`,
});

const checkHead = ({ method = "", httpVersion, headers }: IncomingMessage): AwsError | undefined => {
  if (!METHODS.has(method))
    return {
      status: 405,
      type: "MethodNotAllowedException",
      message: `${method} is not a function URL's method`,
    };
  // In HTTP/1.0 the end of the connection is the end of the answer: a broken stream would look whole.
  if (httpVersion !== "1.1")
    return { status: 505, type: "HttpVersionNotSupportedException", message: "HTTP/1.1 is needed" };
  const announced = Number(headers["content-length"] ?? 0);
  return announced > REQUEST_LIMIT ? requestTooLarge(announced) : undefined;
};

/** The whole body, or what `tooLarge` says of one over the limit; `undefined` when the client left before its end. */
export const readBody = (
  req: IncomingMessage,
  limit: number,
  tooLarge: (bytes: number) => AwsError,
): Promise<Outcome<Buffer> | undefined> =>
  new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    req.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size <= limit) chunks.push(chunk);
      else resolve({ ok: false, error: tooLarge(size) });
    });
    req.on("end", () => resolve({ ok: true, value: Buffer.concat(chunks) }));
    req.on("error", () => resolve(undefined));
    req.on("close", () => resolve(undefined));
  });

/** `undefined` when the client left before its request was whole. */
export const receiveRequest = async (req: IncomingMessage): Promise<Outcome<SignedRequest> | undefined> => {
  const error = checkHead(req);
  if (error !== undefined) return { ok: false, error };
  const body = await readBody(req, REQUEST_LIMIT, requestTooLarge);
  if (!body?.ok) return body;
  const { method = "", url: target = "", rawHeaders } = req;
  return { ok: true, value: { method, target, rawHeaders, body: body.value } };
};
