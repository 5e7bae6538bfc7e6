// A message as SQS keeps it: its size, the two MD5 digests that clients check, and the names of what belongs to it.
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html
import { createHash } from "node:crypto";

export interface MessageAttribute {
  /** String, Number or Binary, with a label of the sender's after a dot. */
  readonly dataType: string;
  readonly value: string | Buffer;
}

export type MessageAttributes = ReadonlyMap<string, MessageAttribute>;

export interface NewMessage {
  readonly body: string;
  readonly attributes: MessageAttributes;
  /** Who sends: the unique id of a role, with the session's name. */
  readonly senderId: string;
  readonly traceHeader?: string;
}

export interface Message extends NewMessage {
  readonly messageId: string;
  /** Epoch milliseconds. */
  readonly sentAt: number;
  /** The queue that gave it up. */
  readonly deadLetterSourceArn?: string;
}

/** What a receiver gets. */
export interface ReceivedMessage extends Message {
  readonly receiptHandle: string;
  readonly receiveCount: number;
  /** Epoch milliseconds. */
  readonly firstReceivedAt: number;
}

export const md5OfBody = (body: string): string => createHash("md5").update(body).digest("hex");

const lengthPrefixed = (value: string | Buffer): Buffer => {
  const bytes = Buffer.from(value);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
};

const BINARY = Buffer.from([2]);
const STRING = Buffer.from([1]);

/** By name, each as name, type, kind and value. `undefined` without attributes. */
export const md5OfAttributes = (attributes: MessageAttributes): string | undefined => {
  if (attributes.size === 0) return undefined;
  const hash = createHash("md5");
  const byName = [...attributes].sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  for (const [name, { dataType, value }] of byName) {
    const kind = Buffer.isBuffer(value) ? BINARY : STRING;
    for (const part of [lengthPrefixed(name), lengthPrefixed(dataType), kind, lengthPrefixed(value)])
      hash.update(part);
  }
  return hash.digest("hex");
};

/** What counts against a queue's MaximumMessageSize. */
export const sizeOf = ({ body, attributes }: Pick<NewMessage, "body" | "attributes">): number => {
  let bytes = Buffer.byteLength(body);
  for (const [name, { dataType, value }] of attributes)
    bytes += Buffer.byteLength(name) + Buffer.byteLength(dataType) + Buffer.from(value).length;
  return bytes;
};

/** Every system attribute of a message in its order; the absent ones are left out. */
export const systemAttributes = (message: ReceivedMessage): Record<string, string> => ({
  SenderId: message.senderId,
  SentTimestamp: String(message.sentAt),
  ApproximateReceiveCount: String(message.receiveCount),
  ApproximateFirstReceiveTimestamp: String(message.firstReceivedAt),
  ...(message.traceHeader !== undefined && { AWSTraceHeader: message.traceHeader }),
  ...(message.deadLetterSourceArn !== undefined && { DeadLetterQueueSourceArn: message.deadLetterSourceArn }),
});
