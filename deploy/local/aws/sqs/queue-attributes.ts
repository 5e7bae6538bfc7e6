// GetQueueAttributes: the settings of a queue and how many messages it holds.
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_GetQueueAttributes.html
import type { Outcome, QueueDefinition } from "../model.js";
import type { Queue } from "./queue.js";
import { type Input, readTexts } from "./read-input.js";
import { refused } from "../lambda/refusal.js";

export const queueAttributes = (queue: Queue, input: Input): Outcome<Readonly<Record<string, unknown>>> => {
  const names = readTexts(input, "AttributeNames");
  if (!names.ok) return names;
  const all = { ...settingsOf(queue.definition), ...countsOf(queue) };
  const unknown = names.value.find((name) => name !== "All" && !Object.hasOwn(all, name));
  if (unknown !== undefined && !ABSENT.includes(unknown))
    return refused(400, "com.amazonaws.sqs#InvalidAttributeName", `Unknown Attribute ${unknown}.`);
  const shown = Object.entries(all).filter(
    ([name]) => names.value.includes("All") || names.value.includes(name),
  );
  return { ok: true, value: shown.length === 0 ? {} : { Attributes: Object.fromEntries(shown) } };
};

/** Attributes of SQS that a queue may do without, or that the twin keeps to itself. */
const ABSENT = [
  ...["Policy", "RedrivePolicy", "RedriveAllowPolicy", "CreatedTimestamp", "LastModifiedTimestamp"],
  ...["KmsMasterKeyId", "KmsDataKeyReusePeriodSeconds", "SqsManagedSseEnabled", "FifoQueue"],
  ...["ContentBasedDeduplication", "DeduplicationScope", "FifoThroughputLimit"],
];

const settingsOf = (definition: QueueDefinition): Record<string, string> => ({
  QueueArn: definition.arn,
  VisibilityTimeout: String(definition.visibilityTimeoutSeconds),
  MaximumMessageSize: String(definition.maximumMessageBytes),
  MessageRetentionPeriod: String(definition.retentionSeconds),
  DelaySeconds: String(definition.delaySeconds),
  ReceiveMessageWaitTimeSeconds: String(definition.receiveWaitSeconds),
  ...(definition.redrive && {
    RedrivePolicy: JSON.stringify({
      deadLetterTargetArn: definition.redrive.deadLetterArn,
      maxReceiveCount: definition.redrive.maxReceiveCount,
    }),
  }),
});

const countsOf = (queue: Queue): Record<string, string> => {
  const { visible, inFlight, delayed } = queue.counts();
  return {
    ApproximateNumberOfMessages: String(visible),
    ApproximateNumberOfMessagesNotVisible: String(inFlight),
    ApproximateNumberOfMessagesDelayed: String(delayed),
  };
};
