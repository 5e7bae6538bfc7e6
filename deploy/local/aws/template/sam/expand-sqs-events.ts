// Events of type SQS -> the AWS::Lambda::EventSourceMapping that SAM makes of each; and what SAM makes of
// EventInvokeConfig and DeadLetterQueue.
// https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-function-sqs.html
import { isMembers, readFields, type Members } from "../fields.js";
import type { Resource } from "../resource.js";
import { makeBeside, placeOf, type SamContext, type SamFunction } from "./sam-function.js";

export const hasSqsEvent = ({ properties: { Events: events } }: SamFunction): boolean =>
  isMembers(events) && Object.values(events).some((event) => isMembers(event) && event.Type === "SQS");

/** `target`: the function or its alias. */
export function expandSqsEvents(fn: SamFunction, target: Members, { report }: SamContext): Resource[] {
  if (!hasSqsEvent(fn)) return [];
  const events = readFields(fn.properties.Events, `${fn.path}.Properties.Events`, report);
  return events.names().flatMap((name) => {
    const event = events.object(name);
    if (event.any("Type") !== "SQS") return [];
    if (!event.object("Properties").has("Queue")) event.fault("Properties.Queue", "is missing");
    const given = event.any("Properties");
    const { Queue: queue, ...rest } = isMembers(given) ? given : {};
    const properties = { ...rest, EventSourceArn: queue, FunctionName: target };
    const place = `${event.path}.Properties`;
    const places = Object.fromEntries([
      ...Object.keys(rest).map((property) => [property, `${place}.${property}`] as const),
      ["EventSourceArn", `${place}.Queue`],
    ]) as Record<string, string>;
    const id = `${fn.logicalId}${name}`;
    const mapping = makeBeside(fn, id, "AWS::Lambda::EventSourceMapping", properties, places);
    return [{ ...mapping, places: new Map([...mapping.places, [mapping.path, event.path]]) }];
  });
}

/** Without an alias SAM writes `$LATEST`. */
export function expandEventInvokeConfig(fn: SamFunction, alias: string | undefined): Resource[] {
  const config = fn.properties.EventInvokeConfig;
  if (!isMembers(config)) return [];
  const place = placeOf(fn, "EventInvokeConfig");
  const { DestinationConfig: destinations, ...rest } = config;
  const properties = {
    ...rest,
    ...(isMembers(destinations) ? { DestinationConfig: withoutTypes(destinations) } : {}),
    ...{ FunctionName: { Ref: fn.logicalId }, Qualifier: alias ?? "$LATEST" },
  };
  const places = Object.fromEntries(Object.keys(config).map((name) => [name, `${place}.${name}`]));
  const id = `${fn.logicalId}EventInvokeConfig`;
  return [makeBeside(fn, id, "AWS::Lambda::EventInvokeConfig", properties, places)];
}

/** SAM's `Type` is for the policy and the queue that it would make. */
const withoutTypes = (destinations: Members): Members =>
  Object.fromEntries(
    Object.entries(destinations).map(([name, value]) => {
      const members = Object.entries(isMembers(value) ? value : {});
      return [name, Object.fromEntries(members.filter(([member]) => member !== "Type"))];
    }),
  );

export function deadLetterConfig({ properties: { DeadLetterQueue: queue } }: SamFunction): Members {
  return isMembers(queue) ? { DeadLetterConfig: { TargetArn: queue.TargetArn } } : {};
}
