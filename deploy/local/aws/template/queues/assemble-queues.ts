// Queues with their policies and dead-letter queues looked up, the functions that they call, and how functions are
// called asynchronously: what AWS would refuse when it creates them is a fault of the template.
// https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
import type { EventSourceDefinition, FunctionDefinition, QueueDefinition } from "../../model.js";
import type { Note, Report } from "../faults.js";
import { reportTwice } from "../resources/report-twice.js";
import type { ReadAsynchronous, ReadEventSource } from "./read-event-source.js";
import type { ReadQueue, ReadQueuePolicy } from "./read-queue.js";

export interface QueueParts {
  readonly queues: ReadQueue[];
  readonly queuePolicies: ReadQueuePolicy[];
  readonly eventSources: ReadEventSource[];
  readonly asynchronous: ReadAsynchronous[];
}

export const noQueues = (): QueueParts => ({
  ...{ queues: [], queuePolicies: [], eventSources: [], asynchronous: [] },
});

export function assembleQueues(parts: QueueParts, report: Report): QueueDefinition[] {
  const names = parts.queues.map(({ definition }) => definition.name);
  reportTwice(names, "queues have the QueueName", report);
  for (const { urls, fields } of parts.queuePolicies)
    for (const url of urls)
      if (!names.some((name) => url.endsWith(`/${name}`)))
        fields.fault("Queues", `${url} is no queue of this template`);
  return parts.queues.map((queue) => {
    checkRedrive(queue, parts.queues);
    const { definition } = queue;
    const [policy, second] = parts.queuePolicies.filter(({ urls }) =>
      urls.some((url) => url.endsWith(`/${definition.name}`)),
    );
    second?.fields.fault("Queues", `${definition.name} has a policy already, and a queue has one`);
    return policy === undefined ? definition : { ...definition, policy: policy.document };
  });
}

function checkRedrive(
  { definition: { arn, redrive }, fields }: ReadQueue,
  queues: readonly ReadQueue[],
): void {
  if (redrive === undefined || redrive.deadLetterArn === "") return;
  const target = queues.find(({ definition }) => definition.arn === redrive.deadLetterArn);
  const place = "RedrivePolicy.deadLetterTargetArn";
  if (target === undefined) fields.fault(place, `${redrive.deadLetterArn} is no queue of this template`);
  else if (target.definition.arn === arn) fields.fault(place, "is the queue itself");
  else if (target.redriveSources?.includes(arn) === false)
    fields.fault(place, `${target.definition.name} takes no messages of this queue (RedriveAllowPolicy)`);
}

export function assembleEventSources(
  parts: QueueParts,
  functions: readonly FunctionDefinition[],
): EventSourceDefinition[] {
  const pairs = parts.eventSources.map(({ functionName, queueArn }) => `${functionName} ${queueArn}`);
  return parts.eventSources.flatMap((read, at) => {
    const { functionName, qualifier, fields, ...rest } = read;
    const called = functions.find(({ name }) => name === functionName);
    const queue = parts.queues.find(({ definition }) => definition.arn === read.queueArn)?.definition;
    if (queue === undefined) fields.fault("EventSourceArn", `${read.queueArn} is no queue of this template`);
    if (called === undefined && functionName !== "")
      fields.fault("FunctionName", `${functionName} is not a function of this template`);
    if (pairs.indexOf(pairs[at] ?? "") !== at)
      fields.fault("EventSourceArn", `${read.queueArn} calls ${functionName} already`);
    if (queue === undefined || called === undefined) return [];
    checkMapping(read, called, queue);
    const named = qualifier === undefined ? {} : { qualifier };
    return [{ ...rest, ...named, functionArn: called.arn }];
  });
}

function checkMapping(
  { qualifier, maximumConcurrency, fields }: ReadEventSource,
  { name, alias, timeoutSeconds, reservedConcurrency }: FunctionDefinition,
  { visibilityTimeoutSeconds: visibility }: QueueDefinition,
): void {
  const known = [undefined, "$LATEST", alias, ...(alias === undefined ? [] : ["1"])];
  if (!known.includes(qualifier)) fields.fault("FunctionName", `${name} has no alias ${String(qualifier)}`);
  // In Lambda's words, which refuses to create the mapping.
  if (visibility < timeoutSeconds)
    fields.fault(
      "EventSourceArn",
      `Queue visibility timeout: ${visibility} seconds is less than Function timeout: ${timeoutSeconds} seconds`,
    );
  if (maximumConcurrency !== undefined && maximumConcurrency > (reservedConcurrency ?? Infinity))
    fields.fault(
      "ScalingConfig.MaximumConcurrency",
      `${maximumConcurrency} is more than the ${String(reservedConcurrency)} reserved for ${name}`,
    );
}

/** The functions again, with what is said about calls of type Event. */
export function addAsynchronous(
  functions: readonly FunctionDefinition[],
  parts: QueueParts,
  { report, note }: { readonly report: Report; readonly note: Note },
): FunctionDefinition[] {
  for (const { functionName, qualifier, fields } of parts.asynchronous) {
    const called = functions.find(({ name }) => name === functionName);
    if (called === undefined && functionName !== "")
      fields.fault("FunctionName", `${functionName} is not a function of this template`);
    else if (qualifier !== undefined && qualifier !== called?.alias)
      fields.fault("Qualifier", `${functionName} has no alias ${qualifier}`);
  }
  return functions.map((definition) => {
    checkDeadLetters(definition, parts, report, note);
    const own = parts.asynchronous
      .filter(({ functionName }) => functionName === definition.name)
      .map(({ qualifier, maximumRetryAttempts, maximumEventAgeSeconds }) => ({
        ...(qualifier === undefined ? {} : { qualifier }),
        ...{ maximumRetryAttempts, maximumEventAgeSeconds },
      }));
    return own.length === 0 ? definition : { ...definition, asynchronous: own };
  });
}

function checkDeadLetters(
  { logicalId, deadLetterArn }: FunctionDefinition,
  { queues }: QueueParts,
  report: Report,
  note: Note,
): void {
  if (deadLetterArn === undefined) return;
  const place = `Resources.${logicalId}.Properties: the dead-letter queue`;
  if (!deadLetterArn.startsWith("arn:aws:sqs:")) note(`${place}: a topic gets nothing here`);
  else if (!queues.some(({ definition }) => definition.arn === deadLetterArn))
    report(`Resources.${logicalId}.Properties`, `${deadLetterArn} is no queue of this template`);
}
