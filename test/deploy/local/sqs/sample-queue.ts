// Queues as a template with nothing but a name would make them.
import type { NewMessage } from "../../../../deploy/local/aws/sqs/message.js";
import type { QueueDefinition } from "../../../../deploy/local/aws/model.js";

export const queueDefinition = (name: string, overrides: Partial<QueueDefinition> = {}): QueueDefinition => ({
  name,
  arn: `arn:aws:sqs:eu-west-1:123456789012:${name}`,
  delaySeconds: 0,
  maximumMessageBytes: 1_048_576,
  retentionSeconds: 345_600,
  receiveWaitSeconds: 0,
  visibilityTimeoutSeconds: 30,
  ...overrides,
});

export const text = (body: string): NewMessage => ({
  body,
  attributes: new Map(),
  senderId: "AROAEXAMPLE:x",
});
