// What Lambda asks of a function's execution role before it ties the function to a queue. A role that lacks it fails
// the start, as it fails a deployment. https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
import type { Clock } from "../../../server/ports.js";
import type { Report } from "./iam/explain.js";
import type { Caller, FunctionDefinition, Template } from "./model.js";
import { authorizeQueue } from "./sqs/authorize-queue.js";

export interface QueuePermissionSettings {
  readonly clock: Clock;
  readonly report: Report;
  /** A session of a function's role. */
  readonly sessionOf: (definition: FunctionDefinition) => Caller | undefined;
}

const polling = ["ReceiveMessage", "DeleteMessage", "GetQueueAttributes"];

interface Need {
  readonly definition: FunctionDefinition;
  readonly queueArn: string;
  readonly actions: readonly string[];
}

/** @throws naming each function and what its role may not do. */
export function checkQueuePermissions(template: Template, settings: QueuePermissionSettings): void {
  const faults = needsOf(template).flatMap((need) =>
    need.actions
      .filter((action) => !isAllowed(need, action, template, settings))
      .map(
        (action) =>
          `${need.definition.logicalId}: The provided execution role does not have permissions to call ${action} on SQS (${need.queueArn})`,
      ),
  );
  if (faults.length > 0) throw new Error(faults.join("\n"));
}

function needsOf({ functions, eventSources = [] }: Template): Need[] {
  const sources = eventSources.flatMap(({ functionArn, queueArn }) =>
    functions
      .filter(({ arn }) => arn === functionArn)
      .map((definition) => ({ definition, queueArn, actions: polling })),
  );
  const deadLetters = functions.flatMap((definition) => {
    const { deadLetterArn: queueArn } = definition;
    const isQueue = queueArn?.startsWith("arn:aws:sqs:") === true;
    return isQueue ? [{ definition, queueArn, actions: ["SendMessage"] }] : [];
  });
  return [...sources, ...deadLetters];
}

function isAllowed(
  { definition, queueArn }: Need,
  action: string,
  { queues = [] }: Template,
  { clock, report, sessionOf }: QueuePermissionSettings,
): boolean {
  const caller = sessionOf(definition);
  const queuePolicy = queues.find(({ arn }) => arn === queueArn)?.policy;
  // Where Lambda calls from is nobody's address.
  const call = { action: `sqs:${action}`, queueArn, queuePolicy, sourceIp: "0.0.0.0" };
  return caller !== undefined && authorizeQueue({ ...call, caller }, clock, report).ok;
}
