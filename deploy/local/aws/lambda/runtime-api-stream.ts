// A streamed answer as a runtime posts it: metadata and eight NUL bytes before the body where the content type says so,
// and in the trailers what went wrong on the way.
// https://docs.aws.amazon.com/lambda/latest/dg/runtimes-custom.html#runtimes-custom-response-streaming
import type { IncomingMessage } from "node:http";
import { type FunctionError, type StreamStart, WITH_METADATA } from "./invocation.js";
import { parseMembers, readFunctionError } from "./runtime-api-answers.js";

const DELIMITER = Buffer.alloc(8);
/** API Gateway's limit for metadata and delimiter; Lambda's own is not documented. */
const PRELUDE_LIMIT = 16_384;

export interface StreamOutlet {
  start(start: StreamStart): void;
  /** Resolves when the other side has taken it. */
  chunk(data: Buffer): Promise<void>;
}

const unreadable = (errorMessage: string): FunctionError => ({
  errorType: "Runtime.InvalidStreamingResponse",
  errorMessage,
});

const truncated: FunctionError = {
  errorType: "Runtime.TruncatedResponse",
  errorMessage: "the runtime broke its streamed response off",
};

/** Resolves when the stream is over, with what it failed of. */
export const relayStream = async (
  req: IncomingMessage,
  outlet: StreamOutlet,
): Promise<FunctionError | undefined> => {
  const contentType = req.headers["content-type"] ?? "application/octet-stream";
  let prelude = contentType === WITH_METADATA ? Buffer.alloc(0) : undefined;
  if (prelude === undefined) outlet.start({ contentType });
  try {
    for await (const piece of req.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      if (prelude === undefined) {
        await outlet.chunk(piece);
        continue;
      }
      prelude = Buffer.concat([prelude, piece]);
      const end = prelude.indexOf(DELIMITER);
      if ((end === -1 ? prelude.length : end) > PRELUDE_LIMIT)
        return unreadable(`no eight NUL bytes within the first ${PRELUDE_LIMIT} bytes`);
      if (end === -1) continue;
      const metadata = prelude.subarray(0, end).toString("utf8");
      if (parseMembers(metadata) === undefined) return unreadable("the metadata is no JSON object");
      outlet.start({ metadata });
      const rest = prelude.subarray(end + DELIMITER.length);
      prelude = undefined;
      if (rest.length > 0) await outlet.chunk(rest);
    }
  } catch {
    return truncated;
  }
  return prelude === undefined
    ? errorInTrailers(req.trailers)
    : unreadable("it ends before the eight NUL bytes that end the metadata");
};

const errorInTrailers = (trailers: NodeJS.Dict<string>): FunctionError | undefined => {
  const type = trailers["lambda-runtime-function-error-type"];
  const body = trailers["lambda-runtime-function-error-body"];
  if (type === undefined && body === undefined) return undefined;
  return readFunctionError(type, Buffer.from(body ?? "", "base64").toString("utf8"));
};
