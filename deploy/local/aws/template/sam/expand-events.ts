// Events of a function but those of queues (expand-sqs-events.ts) and of REST APIs that the template names
// (api-events.ts): nothing here calls a function for them, so each is a notice and grants nothing.
// What SAM makes for them is declared as far as templates name it, and as far as it closes a circle that AWS refuses.
// https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-function-eventsource.html
import { apiOfEvent } from "./api-events.js";
import { unsupported } from "../faults.js";
import { isMembers, readFields } from "../fields.js";
import { functionEvents } from "../unserved/inert-types.js";
import type { Resource } from "../resource.js";
import { makeBeside, type SamContext, type SamFunction } from "./sam-function.js";

const eventTypes = new Set([
  ...["AlexaSkill", "Api", "CloudWatchEvent", "CloudWatchLogs", "Cognito", "DocumentDB", "DynamoDB"],
  ...["EventBridgeRule", "HttpApi", "IoTRule", "Kinesis", "MQ", "MSK", "S3", "Schedule", "ScheduleV2"],
  ...["SelfManagedKafka", "SNS", "SQS"],
]);

export function expandEvents(fn: SamFunction, context: SamContext): Resource[] {
  const { report, note } = context;
  if (fn.properties.Events === undefined) return [];
  const events = readFields(fn.properties.Events, `${fn.path}.Properties.Events`, report);
  for (const name of events.names()) {
    const event = events.object(name);
    const type = event.text("Type", /./);
    // The method and the permission that SAM makes are api-events.ts's.
    if (type === "Api" && apiOfEvent(event, context) !== undefined) event.ignore("Type");
    else if (!eventTypes.has(type)) event.fault("Type", `event type ${type} ${unsupported}`);
    else if (type !== "SQS")
      note(`${event.path}: ${type} is not served here: the function's URL and Invoke are`);
    event.ignore("Properties");
    event.end();
  }
  const id = `${fn.logicalId}.Events`;
  const properties = { Function: { Ref: fn.logicalId }, Events: fn.properties.Events };
  const place = { Events: events.path };
  return [makeBeside(fn, id, functionEvents, properties, place)];
}

/** The API that SAM makes for events that name none; it holds the ARNs of their functions. */
export const implicitApiIds = { Api: "ServerlessRestApi", HttpApi: "ServerlessHttpApi" } as const;

export function usesImplicitApi(events: unknown, type: keyof typeof implicitApiIds): boolean {
  const named = type === "Api" ? "RestApiId" : "ApiId";
  return eventsOf(events).some(
    (event) =>
      event.Type === type && !(isMembers(event.Properties) && Object.hasOwn(event.Properties, named)),
  );
}

/** An S3 event hangs the function on the bucket, so the bucket needs the function first. */
export const bucketsOf = (events: unknown): string[] =>
  eventsOf(events).flatMap(({ Type: type, Properties: properties }) => {
    const bucket = type === "S3" && isMembers(properties) ? properties.Bucket : undefined;
    return isMembers(bucket) && typeof bucket.Ref === "string" ? [bucket.Ref] : [];
  });

const eventsOf = (events: unknown): Record<string, unknown>[] =>
  isMembers(events)
    ? Object.values(events)
        .filter(isMembers)
        .map((event) => ({ ...event }))
    : [];
