// The queues of a template as the rest of the twin meets them: SQS for callers, sources and dead letters for Lambda.
import type { Clock } from "../../../server/ports.js";
import type { Report } from "./iam/explain.js";
import { EventSource } from "./lambda/event-source.js";
import type { CallFunction } from "./lambda/service-call.js";
import type { DeadLetter } from "./lambda/waiting-events.js";
import type { Caller, FunctionDefinition, Template } from "./model.js";
import { checkQueuePermissions } from "./queue-permissions.js";
import type { Verify } from "./sigv4/verify-request.js";
import { createSqs, type Sqs } from "./sqs/create-sqs.js";
import { type MessageAttribute, sizeOf } from "./sqs/message.js";
import type { After } from "./timer.js";

export interface QueueServiceSettings {
  readonly template: Template;
  readonly verify: Verify;
  readonly clock: Clock;
  readonly after: After;
  readonly log: (line: string) => void;
  readonly report: Report;
  /** A session of a function's role. */
  readonly credentialsOf: (definition: FunctionDefinition) => Caller | undefined;
}

export interface QueueService {
  readonly sqs: Sqs;
  sendDeadLetter(definition: FunctionDefinition, letter: DeadLetter): boolean;
  /** From now on queues call their functions. */
  start(call: CallFunction): void;
  close(): Promise<void>;
}

/** @throws naming each function whose role may not use its queue. */
export function createQueueService(settings: QueueServiceSettings): QueueService {
  const { template, log, after, credentialsOf } = settings;
  checkQueuePermissions(template, { ...settings, sessionOf: credentialsOf });
  const sqs = createSqs({ ...settings, queues: template.queues ?? [], place: template });
  let sources: readonly EventSource[] = [];
  return {
    sqs,
    sendDeadLetter: (definition, letter) => {
      const queue = sqs.find(definition.deadLetterArn ?? "");
      const senderId = credentialsOf(definition)?.userId ?? "";
      const message = { body: letter.event, attributes: deadLetterAttributes(letter), senderId };
      // Lambda sends it as anybody does: SQS refuses what is over the queue's limit.
      if (queue === undefined || sizeOf(message) > queue.definition.maximumMessageBytes) return false;
      return queue.send(message) !== undefined;
    },
    start: (call) => {
      sources = (template.eventSources ?? []).flatMap((definition) => {
        const queue = sqs.find(definition.queueArn);
        const name = definition.functionArn.split(":").at(-1) ?? "";
        const say = (message: string) => log(`${name}: ${message}`);
        return queue === undefined ? [] : [new EventSource(definition, { queue, call, after, log: say })];
      });
    },
    close: async () => {
      await Promise.all(sources.map((source) => source.close()));
    },
  };
}

/** https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html#invocation-dlq */
const deadLetterAttributes = ({ requestId, errorCode, errorMessage }: DeadLetter) =>
  new Map<string, MessageAttribute>([
    ["RequestID", { dataType: "String", value: requestId }],
    ["ErrorCode", { dataType: "Number", value: String(errorCode) }],
    ["ErrorMessage", { dataType: "String", value: errorMessage }],
  ]);
