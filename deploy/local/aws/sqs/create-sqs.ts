// The twin's Simple Queue Service, in today's JSON protocol: signature, permission, existence, then the action.
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-making-api-requests-json.html
// Not served: the query protocol, FIFO queues, message move tasks, and whatever makes or changes a queue.
import { randomUUID } from "node:crypto";
import { headerValues } from "../../../../server/core/raw-headers.js";
import type { Clock } from "../../../../server/ports.js";
import type { Report } from "../iam/explain.js";
import type { JsonAnswer } from "../json-answer.js";
import type { AwsError, Caller, Outcome, QueueDefinition, SignedRequest } from "../model.js";
import type { Verify } from "../sigv4/verify-request.js";
import type { After } from "../timer.js";
import { authorizeQueue } from "./authorize-queue.js";
import { batchOperations } from "./batch.js";
import { type Answer, type Operation, operations, run } from "./operations.js";
import { Queue } from "./queue.js";
import { arnOfQueueUrl, localQueueUrl, queueArn, type QueuePlace } from "./queue-url.js";
import { type Input, isInput, readText, refuseOthers } from "./read-input.js";
import { invalid, noSuchQueue, notServed, queryName } from "./refusals.js";

export interface SqsSettings {
  readonly queues: readonly QueueDefinition[];
  readonly place: QueuePlace;
  readonly verify: Verify;
  readonly clock: Clock;
  readonly after: After;
  readonly report: Report;
}

export interface Sqs {
  /** `endpoint`: where the caller reaches this; `signal`: aborted when he leaves. */
  handle(request: SignedRequest, from: SqsCaller): Promise<JsonAnswer>;
  /** For what Lambda does with a queue by itself. */
  find(arn: string): Queue | undefined;
}

export interface SqsCaller {
  readonly endpoint: string;
  readonly sourceIp: string;
  readonly signal: AbortSignal;
}

const TARGET = /^AmazonSQS\.(?<action>\w{1,64})$/;
const allOperations = new Map([...operations, ...batchOperations]);

/** Whether a request is for SQS: its other services have other names here. */
export const isSqsTarget = (target: string | undefined): boolean => target?.startsWith("AmazonSQS.") ?? false;

export const createSqs = (settings: SqsSettings): Sqs => {
  const queues = new Map<string, Queue>();
  for (const definition of settings.queues) {
    const target = definition.redrive?.deadLetterArn;
    const deadLetters = () => (target === undefined ? undefined : queues.get(target));
    queues.set(definition.arn, new Queue(definition, { ...settings, deadLetters }));
  }
  return {
    handle: async (request, from) => {
      const outcome = await perform({ ...settings, queues }, request, from);
      return outcome.ok ? answer(200, outcome.value) : failure(outcome.error);
    },
    find: (arn) => queues.get(arn),
  };
};

type Serving = Omit<SqsSettings, "queues"> & { readonly queues: ReadonlyMap<string, Queue> };

const perform = async (sqs: Serving, request: SignedRequest, from: SqsCaller): Promise<Outcome<Answer>> => {
  const caller = await sqs.verify(request, "sqs");
  if (!caller.ok) return asCoral(caller.error);
  const action = TARGET.exec(headerValues(request.rawHeaders, "x-amz-target")[0] ?? "")?.groups?.action ?? "";
  const input = readInput(request);
  if (!input.ok) return input;
  if (action === "GetQueueUrl") return getQueueUrl(sqs, caller.value, input.value, from);
  const operation = allOperations.get(action);
  if (operation === undefined) return notServed(`The action ${action}`);
  return onQueue(sqs, operation, { caller: caller.value, input: input.value, from });
};

interface Asked {
  readonly caller: Caller;
  readonly input: Input;
  readonly from: SqsCaller;
}

const onQueue = async (
  sqs: Serving,
  operation: Operation,
  { caller, input, from }: Asked,
): Promise<Outcome<Answer>> => {
  const url = readText(input, "QueueUrl");
  if (!url.ok) return url;
  const arn = arnOfQueueUrl(url.value, sqs.place);
  if (arn === undefined) return invalid(url.value, "QueueUrl", "Not a queue's URL");
  const found = findAllowed(sqs, operation.permission, arn, caller, from);
  if (!found.ok) return found;
  const { signal } = from;
  return run(operation, { queue: found.value, input, senderId: caller.userId, signal });
};

/** IAM is asked before it is said that a queue does not exist. */
const findAllowed = (
  { queues, clock, report }: Serving,
  action: string,
  arn: string,
  caller: Caller,
  { sourceIp }: SqsCaller,
): Outcome<Queue> => {
  const queue = queues.get(arn);
  const queuePolicy = queue?.definition.policy;
  const permission = authorizeQueue({ caller, action, queueArn: arn, queuePolicy, sourceIp }, clock, report);
  if (!permission.ok) return permission;
  return queue === undefined ? noSuchQueue() : { ok: true, value: queue };
};

const getQueueUrl = (sqs: Serving, caller: Caller, input: Input, from: SqsCaller): Outcome<Answer> => {
  const others = refuseOthers(input, ["QueueName", "QueueOwnerAWSAccountId"]);
  if (!others.ok) return others;
  const name = readText(input, "QueueName");
  if (!name.ok) return name;
  const { QueueOwnerAWSAccountId: accountId = sqs.place.accountId } = input;
  if (typeof accountId !== "string" || !/^\d{12}$/.test(accountId))
    return invalid(accountId, "QueueOwnerAWSAccountId", "Not an account");
  const arn = queueArn({ ...sqs.place, accountId }, name.value);
  const found = findAllowed(sqs, "sqs:GetQueueUrl", arn, caller, from);
  return found.ok
    ? { ok: true, value: { QueueUrl: localQueueUrl(from.endpoint, accountId, name.value) } }
    : found;
};

const CONTENT_TYPE = "application/x-amz-json-1.0";

const readInput = ({ method, rawHeaders, body }: SignedRequest): Outcome<Input> => {
  const [type = ""] = headerValues(rawHeaders, "content-type");
  if (method !== "POST" || type !== CONTENT_TYPE) return notServed(`Anything but POST and ${CONTENT_TYPE}`);
  try {
    const input: unknown = JSON.parse(body.toString());
    if (isInput(input)) return { ok: true, value: input };
  } catch {
    // Told below: whatever it is, it is no object.
  }
  return invalid("of the request", "body", "Not a JSON object");
};

const asCoral = (error: AwsError): Outcome<never> => ({
  ok: false,
  error: { ...error, type: `com.amazon.coral.service#${error.type}` },
});

const answer = (
  status: number,
  body: object,
  headers: Readonly<Record<string, string>> = {},
): JsonAnswer => ({
  status,
  headers: { "content-type": CONTENT_TYPE, "x-amzn-requestid": randomUUID(), ...headers },
  body: JSON.stringify(body),
});

const failure = ({ status, type, message }: AwsError): JsonAnswer =>
  answer(
    status,
    { __type: type, message },
    { "x-amzn-query-error": `${queryName(type)};${status < 500 ? "Sender" : "Receiver"}` },
  );
