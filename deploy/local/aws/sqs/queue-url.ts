// A queue's URL: AWS's own in templates, and one with the twin's address here. Either names the queue to the twin.
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-queue-message-identifiers.html
import type { FunctionDefinition } from "../model.js";

export interface QueuePlace {
  readonly accountId: string;
  readonly region: string;
}

const PATH = /^https?:\/\/[^/?#]+\/(?<accountId>\d{12})\/(?<name>[\w-]{1,80}(?:\.fifo)?)$/;

export const queueArn = ({ accountId, region }: QueuePlace, name: string): string =>
  `arn:aws:sqs:${region}:${accountId}:${name}`;

/** `undefined`: this is no queue's URL. The host says nothing here, since it is the caller's endpoint that counts. */
export const arnOfQueueUrl = (url: string, { region }: QueuePlace): string | undefined => {
  const { accountId, name } = PATH.exec(url)?.groups ?? {};
  return accountId === undefined || name === undefined ? undefined : queueArn({ accountId, region }, name);
};

export const localQueueUrl = (endpoint: string, accountId: string, name: string): string =>
  `${endpoint}/${accountId}/${name}`;

/** SDKs call the host of a queue's URL, so a function must be given the twin's, as it is given AWS's there. */
export const withLocalQueueUrls = (
  definition: FunctionDefinition,
  { accountId, region }: QueuePlace,
  endpoint: string,
): FunctionDefinition => {
  const there = `https://sqs.${region}.amazonaws.com/${accountId}/`;
  const entries = Object.entries(definition.environment).map(
    ([name, value]) => [name, value.replaceAll(there, `${endpoint}/${accountId}/`)] as const,
  );
  return { ...definition, environment: Object.fromEntries(entries) };
};
