// ReceiveMessage: how many, how long to wait, and which attributes to show of what comes.
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html
import type { Outcome } from "../model.js";
import {
  md5OfAttributes,
  md5OfBody,
  type MessageAttribute,
  type MessageAttributes,
  type ReceivedMessage,
  systemAttributes,
} from "./message.js";
import type { Answer, Call } from "./operations.js";
import { readInteger, readTexts } from "./read-input.js";
import { invalid } from "./refusals.js";

/** What a standard queue knows; the others are of FIFO queues and are never there. */
const SYSTEM_NAMES = [
  ...["All", "SenderId", "SentTimestamp", "ApproximateReceiveCount", "ApproximateFirstReceiveTimestamp"],
  ...["AWSTraceHeader", "DeadLetterQueueSourceArn"],
  ...["SequenceNumber", "MessageDeduplicationId", "MessageGroupId"],
];

export const receiveMessage = async ({ queue, input, signal }: Call): Promise<Outcome<Answer>> => {
  const most = readInteger(input, "MaxNumberOfMessages", [1, 10], 1);
  if (!most.ok) return most;
  const wait = readInteger(input, "WaitTimeSeconds", [0, 20], queue.definition.receiveWaitSeconds);
  if (!wait.ok) return wait;
  const visibility = readInteger(input, "VisibilityTimeout", [0, 43_200], undefined);
  if (!visibility.ok) return visibility;
  const shown = readShown(input);
  if (!shown.ok) return shown;
  const received = await queue.receive({
    ...{ most: most.value, waitSeconds: wait.value, signal },
    ...(visibility.value !== undefined && { visibilitySeconds: visibility.value }),
  });
  const messages = received.map((message) => describe(message, shown.value));
  return { ok: true, value: messages.length === 0 ? {} : { Messages: messages } };
};

interface Shown {
  readonly system: (name: string) => boolean;
  readonly own: (name: string) => boolean;
}

const readShown = (input: Call["input"]): Outcome<Shown> => {
  const lists = [];
  for (const name of ["AttributeNames", "MessageSystemAttributeNames", "MessageAttributeNames"]) {
    const list = readTexts(input, name);
    if (!list.ok) return list;
    lists.push(list.value);
  }
  const [older = [], newer = [], own = []] = lists;
  const system = [...older, ...newer];
  const unknown = system.find((name) => !SYSTEM_NAMES.includes(name));
  if (unknown !== undefined) return invalid(unknown, "AttributeNames", "Unknown Attribute");
  return {
    ok: true,
    value: {
      system: (name) => system.includes("All") || system.includes(name),
      own: (name) => own.some((pattern) => covers(pattern, name)),
    },
  };
};

/** `All`, `.*`, a name, or the beginning of names: `order.*`. */
const covers = (pattern: string, name: string): boolean =>
  pattern === "All" ||
  pattern === name ||
  (pattern.endsWith(".*") && name.startsWith(pattern.slice(0, pattern.length - 2)));

const describe = (message: ReceivedMessage, shown: Shown): Answer => {
  const system = Object.entries(systemAttributes(message)).filter(([name]) => shown.system(name));
  const own: MessageAttributes = new Map([...message.attributes].filter(([name]) => shown.own(name)));
  const md5 = md5OfAttributes(own);
  return {
    MessageId: message.messageId,
    ReceiptHandle: message.receiptHandle,
    MD5OfBody: md5OfBody(message.body),
    Body: message.body,
    ...(system.length > 0 && { Attributes: Object.fromEntries(system) }),
    ...(md5 !== undefined && {
      MD5OfMessageAttributes: md5,
      MessageAttributes: Object.fromEntries([...own].map(([name, value]) => [name, describeValue(value)])),
    }),
  };
};

const describeValue = ({ dataType, value }: MessageAttribute): Answer =>
  typeof value === "string"
    ? { DataType: dataType, StringValue: value }
    : { DataType: dataType, BinaryValue: value.toString("base64") };
