// AWS::SQS::Queue -> QueueDefinition, and AWS::SQS::QueuePolicy.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sqs-queue.html
// Not done: FIFO queues and keys of KMS, which ask for permissions of their own; each is refused by name.
import type { PolicyDocument, QueueDefinition } from "../../model.js";
import { unsupported, type Report } from "../faults.js";
import type { Fields } from "../fields.js";
import { readDocument, type PolicyReader } from "../resources/read-policy.js";
import { readTags } from "../resources/read-tags.js";

export interface ReadQueue {
  readonly definition: QueueDefinition;
  /** `undefined`: every queue may give its messages to this one. */
  readonly redriveSources: readonly string[] | undefined;
  readonly fields: Fields;
}

export function readQueue(fields: Fields, arn: string, report: Report): ReadQueue {
  fields.ignore("QueueName");
  const name = arn.split(":").at(-1) ?? "";
  const isFifo = name.endsWith(".fifo") || fields.boolean("FifoQueue", false);
  if (isFifo) fields.fault("FifoQueue", `a FIFO queue ${unsupported}`);
  else if (!/^[\w-]{1,80}$/.test(name)) fields.fault("QueueName", `${name} is not a queue's name`);
  // SQS's own key asks nobody for a permission.
  fields.boolean("SqsManagedSseEnabled", true);
  if (fields.has("Tags")) readTags(fields, report);
  const definition: QueueDefinition = {
    ...{ name, arn },
    delaySeconds: fields.integer("DelaySeconds", [0, 900], 0),
    maximumMessageBytes: fields.integer("MaximumMessageSize", [1024, 1_048_576], 1_048_576),
    retentionSeconds: fields.integer("MessageRetentionPeriod", [60, 1_209_600], 345_600),
    receiveWaitSeconds: fields.integer("ReceiveMessageWaitTimeSeconds", [0, 20], 0),
    visibilityTimeoutSeconds: fields.integer("VisibilityTimeout", [0, 43_200], 30),
    ...(fields.has("RedrivePolicy") ? { redrive: readRedrive(fields.object("RedrivePolicy")) } : {}),
  };
  const redriveSources = readRedriveSources(fields.object("RedriveAllowPolicy"));
  fields.end();
  return { definition, redriveSources, fields };
}

function readRedrive(policy: Fields): NonNullable<QueueDefinition["redrive"]> {
  const redrive = {
    deadLetterArn: policy.text("deadLetterTargetArn", /^arn:aws:sqs:/),
    maxReceiveCount: policy.integer("maxReceiveCount", [1, 1000]),
  };
  policy.end();
  return redrive;
}

function readRedriveSources(policy: Fields): readonly string[] | undefined {
  const permission = policy.oneOf("redrivePermission", ["allowAll", "denyAll", "byQueue"], "allowAll");
  const sources = policy.textsMatching("sourceQueueArns", /^arn:aws:sqs:/, 10);
  if (permission !== "byQueue" && sources.length > 0)
    policy.fault("sourceQueueArns", "is for redrivePermission byQueue only");
  policy.end();
  return permission === "allowAll" ? undefined : sources;
}

export interface ReadQueuePolicy {
  readonly urls: readonly string[];
  readonly document: PolicyDocument;
  readonly fields: Fields;
}

export function readQueuePolicy(fields: Fields, reader: PolicyReader): ReadQueuePolicy {
  const document = readDocument(fields, "PolicyDocument", "resource", reader);
  const urls = fields.texts("Queues");
  if (urls.length === 0) fields.fault("Queues", "must name a queue of this template");
  fields.end();
  return { urls, document, fields };
}
