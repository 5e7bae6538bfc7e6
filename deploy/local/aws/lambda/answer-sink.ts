// Where the answer of a streaming handler goes: straight to the client (RESPONSE_STREAM), or into one buffer that
// becomes a payload (BUFFERED). A client that has left does not stop the function; what it says then is dropped.
import type { ServerResponse } from "node:http";
import { refuse, type Result } from "../../../../server/core/result.js";
import { type AnswerHead, toStreamHead } from "./answer.js";
import { type AnswerSink, RESPONSE_LIMIT, type StreamStart, WITH_METADATA } from "./invocation.js";
import { type AnswerIds, breakOff, type HeaderField, idHeaders, sendFunctionFailure } from "./refusal.js";

/** https://docs.aws.amazon.com/lambda/latest/dg/configuration-response-streaming.html */
export const STREAM_LIMIT = 200 * 1024 * 1024;

const headOf = (start: StreamStart): Result<AnswerHead, string> => {
  if ("metadata" in start) return toStreamHead(start.metadata);
  if (start.contentType === WITH_METADATA)
    return refuse("metadata written by hand is not supported by the local twin: use HttpResponseStream.from");
  return toStreamHead(JSON.stringify({ statusCode: 200, headers: { "content-type": start.contentType } }));
};

export const drained = (res: ServerResponse): Promise<void> =>
  new Promise((resolve) => {
    const done = (): void => {
      res.off("drain", done).off("close", done);
      resolve();
    };
    res.once("drain", done).once("close", done);
  });

/** `refused` is told, once, why the answer is not legal; `urlHeaders` are what the URL itself says. */
export const streamTo = (
  res: ServerResponse,
  ids: AnswerIds,
  refused: (why: string) => void,
  limit = STREAM_LIMIT,
  urlHeaders: readonly HeaderField[] = [],
): AnswerSink => {
  let bytes = 0;
  const isOver = (): boolean => res.destroyed || res.writableEnded;
  return {
    start: (start) => {
      if (isOver()) return;
      const head = headOf(start);
      if (!head.ok) {
        refused(head.denial);
        sendFunctionFailure(res, ids);
        return;
      }
      res.writeHead(head.value.status, [...head.value.headers, ...urlHeaders, ...idHeaders(ids)].flat());
      res.flushHeaders();
    },
    chunk: async (data) => {
      if (isOver() || bytes > limit) return;
      bytes += data.length;
      if (bytes > limit) {
        refused(`the streamed answer is larger than ${limit} bytes`);
        breakOff(res);
        return;
      }
      if (!res.write(data)) await drained(res);
    },
    end: () => {
      if (!isOver() && bytes <= limit) res.end();
    },
  };
};

export interface CollectedAnswer extends AnswerSink {
  /** The whole stream as a payload, or why it is none. */
  payload(): Result<string, string>;
}

/**
 * A streaming handler behind a BUFFERED URL. There, Lambda takes the whole stream as if a buffered handler had
 * returned it: its JSON is the payload. Metadata would lie in it as bytes, so it is refused here.
 */
export const collect = (): CollectedAnswer => {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  let hasMetadata = false;
  return {
    start: (start) => (hasMetadata = "metadata" in start),
    chunk: (data) => {
      bytes += data.length;
      if (bytes <= RESPONSE_LIMIT) chunks.push(data);
      return Promise.resolve();
    },
    end: () => undefined,
    payload: () => {
      if (hasMetadata) return refuse("HttpResponseStream.from needs a URL with InvokeMode: RESPONSE_STREAM");
      if (bytes > RESPONSE_LIMIT) return refuse(`the answer is larger than ${RESPONSE_LIMIT} bytes`);
      return parseable(Buffer.concat(chunks).toString("utf8"));
    },
  };
};

const parseable = (text: string): Result<string, string> => {
  try {
    JSON.parse(text);
    return { ok: true, value: text };
  } catch {
    return refuse("a stream behind a URL with InvokeMode: BUFFERED must be JSON");
  }
};
