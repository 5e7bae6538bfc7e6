// SQS's actions on one queue, each with the permission it needs. https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/
import type { Outcome } from "../model.js";
import { md5OfAttributes, md5OfBody, sizeOf } from "./message.js";
import type { Queue } from "./queue.js";
import { queueAttributes } from "./queue-attributes.js";
import { type Input, readInteger, readText, refuseOthers } from "./read-input.js";
import { MESSAGE_MEMBERS, readMessage } from "./read-message.js";
import { isReceiptHandle } from "./receipt-handle.js";
import { receiveMessage } from "./receive-message.js";
import { full, invalid, missing, sqsError } from "./refusals.js";

export interface Call {
  readonly queue: Queue;
  readonly input: Input;
  readonly senderId: string;
  /** Aborted when the caller has left. */
  readonly signal: AbortSignal;
}

export type Answer = Readonly<Record<string, unknown>>;

export interface Operation {
  readonly permission: string;
  readonly members: readonly string[];
  readonly run: (call: Call) => Outcome<Answer> | Promise<Outcome<Answer>>;
}

const done: Outcome<Answer> = { ok: true, value: {} };

export const sendMessage = ({ queue, input, senderId }: Omit<Call, "signal">): Outcome<Answer> => {
  const message = readMessage(input, senderId);
  if (!message.ok) return message;
  const delay = readInteger(input, "DelaySeconds", [0, 900], undefined);
  if (!delay.ok) return delay;
  const most = queue.definition.maximumMessageBytes;
  if (sizeOf(message.value) > most)
    return invalid("of the message", "MessageBody", `Message must be shorter than ${most} bytes`);
  const sent = queue.send(message.value, delay.value);
  if (sent === undefined) return full();
  const md5 = md5OfAttributes(sent.attributes);
  return {
    ok: true,
    value: {
      MessageId: sent.messageId,
      MD5OfMessageBody: md5OfBody(sent.body),
      ...(md5 !== undefined && { MD5OfMessageAttributes: md5 }),
    },
  };
};

export const deleteMessage = ({ queue, input }: Pick<Call, "queue" | "input">): Outcome<Answer> => {
  const handle = readHandle(input);
  if (!handle.ok) return handle;
  queue.delete(handle.value);
  return done;
};

const readHandle = (input: Input): Outcome<string> => {
  const handle = readText(input, "ReceiptHandle");
  if (!handle.ok || isReceiptHandle(handle.value)) return handle;
  return sqsError("ReceiptHandleIsInvalid", `The input receipt handle is invalid.`);
};

const changeVisibility = ({ queue, input }: Call): Outcome<Answer> => {
  const handle = readHandle(input);
  if (!handle.ok) return handle;
  const seconds = readInteger(input, "VisibilityTimeout", [0, 43_200], undefined);
  if (!seconds.ok) return seconds;
  if (seconds.value === undefined) return missing("VisibilityTimeout");
  switch (queue.changeVisibility(handle.value, seconds.value)) {
    case "changed":
      return done;
    case "not in flight":
      return sqsError("MessageNotInflight", "The message referred to isn't in flight.");
    case "too long":
      return invalid(
        seconds.value,
        "VisibilityTimeout",
        "Total VisibilityTimeout for the message is beyond the limit [43200 seconds]",
      );
  }
};

const purgeQueue = ({ queue }: Call): Outcome<Answer> =>
  queue.purge()
    ? done
    : sqsError("PurgeQueueInProgress", "Only one PurgeQueue operation is allowed every 60 seconds.");

export const operations: ReadonlyMap<string, Operation> = new Map<string, Operation>([
  ["SendMessage", { permission: "sqs:SendMessage", members: MESSAGE_MEMBERS, run: sendMessage }],
  [
    "ReceiveMessage",
    {
      permission: "sqs:ReceiveMessage",
      members: [
        ...["AttributeNames", "MaxNumberOfMessages", "MessageAttributeNames"],
        ...["MessageSystemAttributeNames", "VisibilityTimeout", "WaitTimeSeconds"],
      ],
      run: receiveMessage,
    },
  ],
  ["DeleteMessage", { permission: "sqs:DeleteMessage", members: ["ReceiptHandle"], run: deleteMessage }],
  [
    "ChangeMessageVisibility",
    {
      permission: "sqs:ChangeMessageVisibility",
      members: ["ReceiptHandle", "VisibilityTimeout"],
      run: changeVisibility,
    },
  ],
  [
    "GetQueueAttributes",
    {
      permission: "sqs:GetQueueAttributes",
      members: ["AttributeNames"],
      run: ({ queue, input }) => queueAttributes(queue, input),
    },
  ],
  ["PurgeQueue", { permission: "sqs:PurgeQueue", members: [], run: purgeQueue }],
]);

export const run = (operation: Operation, call: Call): Outcome<Answer> | Promise<Outcome<Answer>> => {
  const others = refuseOthers(call.input, ["QueueUrl", ...operation.members]);
  return others.ok ? operation.run(call) : others;
};
