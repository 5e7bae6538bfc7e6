// AWS::Lambda::EventSourceMapping from a queue, and AWS::Lambda::EventInvokeConfig.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-eventsourcemapping.html
// A mapping from a stream or a broker is a notice. Filters, pollers that are paid for, and keys are refused by name.
import type { AsynchronousConfig } from "../../model.js";
import type { Note, Report } from "../faults.js";
import { readFields, type Fields } from "../fields.js";
import { readFunctionReference } from "../resources/function-reference.js";
import { readTags } from "../resources/read-tags.js";
import type { StackSettings } from "../resources/resource-names.js";

export interface EventSite {
  readonly stack: StackSettings;
  readonly report: Report;
  readonly note: Note;
  /** Where the template has it. */
  readonly place: string;
}

export interface ReadEventSource {
  readonly functionName: string;
  readonly qualifier?: string;
  readonly queueArn: string;
  readonly isEnabled: boolean;
  readonly batchSize: number;
  readonly windowSeconds: number;
  readonly reportsItemFailures: boolean;
  readonly maximumConcurrency?: number;
  readonly place: string;
  readonly fields: Fields;
}

/** `undefined`: no queue calls the function. */
export function readEventSource(fields: Fields, site: EventSite): ReadEventSource | undefined {
  const { stack, note, report, place } = site;
  const source = fields.any("EventSourceArn");
  if (typeof source !== "string" || !source.startsWith("arn:aws:sqs:")) {
    note(`${place}: a source that is no queue is not served here`);
    return undefined;
  }
  const { name: functionName, qualifier } = readFunctionReference(fields, "FunctionName", stack);
  const batchSize = fields.integer("BatchSize", [1, 10_000], 10);
  const windowSeconds = fields.integer("MaximumBatchingWindowInSeconds", [0, 300], 0);
  if (batchSize > 10 && windowSeconds === 0)
    fields.fault("MaximumBatchingWindowInSeconds", "must be 1 or more where BatchSize is over 10");
  const read: ReadEventSource = {
    ...{ functionName, queueArn: source, batchSize, windowSeconds, place, fields },
    ...(qualifier === undefined ? {} : { qualifier }),
    isEnabled: fields.boolean("Enabled", true),
    reportsItemFailures: readResponseTypes(fields),
    ...readScaling(fields.object("ScalingConfig")),
  };
  if (fields.has("Tags")) readTags(fields, report);
  fields.end();
  return read;
}

function readResponseTypes(fields: Fields): boolean {
  const types = fields.textsMatching("FunctionResponseTypes", /^ReportBatchItemFailures$/, 1);
  return types.length > 0;
}

function readScaling(scaling: Fields): Pick<ReadEventSource, "maximumConcurrency"> {
  const has = scaling.has("MaximumConcurrency");
  const most = has ? { maximumConcurrency: scaling.integer("MaximumConcurrency", [2, 1000]) } : {};
  scaling.end();
  return most;
}

export interface ReadAsynchronous extends AsynchronousConfig {
  readonly functionName: string;
  readonly fields: Fields;
}

export function readEventInvokeConfig(fields: Fields, site: EventSite): ReadAsynchronous {
  const { name: functionName } = readFunctionReference(fields, "FunctionName", site.stack);
  const qualifier = fields.text("Qualifier", /^(\$LATEST|[A-Za-z0-9_-]{1,128})$/);
  const read: ReadAsynchronous = {
    functionName,
    ...(qualifier === "$LATEST" ? {} : { qualifier }),
    maximumRetryAttempts: fields.integer("MaximumRetryAttempts", [0, 2], 2),
    maximumEventAgeSeconds: fields.integer("MaximumEventAgeInSeconds", [60, 21_600], 21_600),
    fields,
  };
  readDestinations(fields.object("DestinationConfig"), site);
  fields.end();
  return read;
}

function readDestinations(destinations: Fields, { note, report, place }: EventSite): void {
  for (const name of ["OnSuccess", "OnFailure"].filter((one) => destinations.has(one))) {
    const destination = readFields(destinations.any(name), destinations.at(name), report);
    destination.text("Destination", /^(arn:.+)?$/);
    destination.end();
    note(`${place}: the destination ${name} gets nothing here; a dead-letter queue of SQS does`);
  }
  destinations.end();
}
