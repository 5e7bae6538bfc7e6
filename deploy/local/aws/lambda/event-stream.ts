// The frames of InvokeWithResponseStream's answer: `application/vnd.amazon.eventstream`, written by AWS's own codec.
// https://docs.aws.amazon.com/lambda/latest/api/API_InvokeWithResponseStream.html. Pure.
import { EventStreamCodec } from "@smithy/core/event-streams";

export const EVENT_STREAM = "application/vnd.amazon.eventstream";

const codec = new EventStreamCodec(
  (bytes) => (typeof bytes === "string" ? bytes : Buffer.from(bytes).toString()),
  (text) => Buffer.from(text),
);

const frame = (eventType: string, contentType: string, body: Uint8Array): Uint8Array =>
  codec.encode({
    headers: {
      ":event-type": { type: "string", value: eventType },
      ":content-type": { type: "string", value: contentType },
      ":message-type": { type: "string", value: "event" },
    },
    body,
  });

export const payloadChunk = (data: Uint8Array): Uint8Array =>
  frame("PayloadChunk", "application/octet-stream", data);

export interface InvokeComplete {
  readonly ErrorCode?: string;
  readonly ErrorDetails?: string;
  /** The log's tail in base64. */
  readonly LogResult?: string;
}

export const invokeComplete = (event: InvokeComplete): Uint8Array =>
  frame("InvokeComplete", "application/json", Buffer.from(JSON.stringify(event)));
