// How SQS says no in its JSON protocol: `__type`, and the error's older name in `x-amzn-query-error`, which SDKs read.
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/CommonErrors.html
import type { Refused } from "../model.js";
import { refused } from "../lambda/refusal.js";

const ofSqs = (name: string, message: string): Refused => refused(400, `com.amazonaws.sqs#${name}`, message);

export const missing = (parameter: string): Refused =>
  ofSqs("MissingRequiredParameterException", `The request must contain the parameter ${parameter}.`);

export const invalid = (value: unknown, parameter: string, reason: string): Refused =>
  ofSqs(
    "InvalidParameterValueException",
    `Value ${JSON.stringify(value)} for parameter ${parameter} is invalid. Reason: ${reason}.`,
  );

export const notServed = (what: string): Refused =>
  ofSqs("UnsupportedOperation", `${what} is not served by the local twin.`);

export const noSuchQueue = (): Refused => ofSqs("QueueDoesNotExist", "The specified queue does not exist.");

export const full = (): Refused => ofSqs("OverLimit", "The local twin holds no more messages of this queue.");

export const sqsError = (
  name:
    | "BatchEntryIdsNotDistinct"
    | "BatchRequestTooLong"
    | "EmptyBatchRequest"
    | "InvalidBatchEntryId"
    | "InvalidMessageContents"
    | "MessageNotInflight"
    | "PurgeQueueInProgress"
    | "ReceiptHandleIsInvalid"
    | "TooManyEntriesInBatchRequest",
  message: string,
): Refused => ofSqs(name, message);

const QUERY_NAMES: Readonly<Record<string, string>> = {
  QueueDoesNotExist: "AWS.SimpleQueueService.NonExistentQueue",
  MissingRequiredParameterException: "MissingParameter",
  InvalidParameterValueException: "InvalidParameterValue",
  InvalidMessageContents: "InvalidMessageContents",
  ReceiptHandleIsInvalid: "ReceiptHandleIsInvalid",
  OverLimit: "OverLimit",
};

/** `AWS.SimpleQueueService.NonExistentQueue` */
export const queryName = (type: string): string => {
  const name = type.slice(type.indexOf("#") + 1);
  if (!type.startsWith("com.amazonaws.sqs#")) return name.replace(/Exception$/, "");
  return QUERY_NAMES[name] ?? `AWS.SimpleQueueService.${name}`;
};
