// A streaming function: `?seconds=N` of work (default 40), one line a second, or `&silent=1` for one line at the end.
// The runtime sends status and headers with the first write, so a silent job shows nothing at all until it is done.
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setTimeout as pause } from "node:timers/promises";
import type { LambdaFunctionURLEvent } from "aws-lambda";
import { parseJob, progress } from "./progress.js";

const head = (statusCode: number, contentType: string) => ({
  statusCode,
  headers: { "content-type": contentType, "cache-control": "no-store" },
});

export const handler = awslambda.streamifyResponse<LambdaFunctionURLEvent>(async (event, responseStream) => {
  const parsed = parseJob(event.queryStringParameters ?? {});
  if (!parsed.ok) {
    const refusal = awslambda.HttpResponseStream.from(responseStream, head(400, "application/json"));
    refusal.write(JSON.stringify({ message: parsed.message }));
    refusal.end();
    return;
  }
  const answer = awslambda.HttpResponseStream.from(responseStream, head(200, "text/plain; charset=utf-8"));
  await pipeline(Readable.from(progress(parsed.job, pause)), answer);
});
