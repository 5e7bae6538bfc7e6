// How each CloudFormation type around queues is read, for the table of resources/read-resources.ts.
import type { Fields } from "../fields.js";
import type { Note, Report } from "../faults.js";
import type { Resource } from "../resource.js";
import type { ReadDocument } from "../resources/read-policy.js";
import type { StackSettings } from "../resources/resource-names.js";
import type { QueueParts } from "./assemble-queues.js";
import { readEventInvokeConfig, readEventSource } from "./read-event-source.js";
import { readQueue, readQueuePolicy } from "./read-queue.js";

interface Site {
  readonly resource: Resource;
  readonly fields: Fields;
  readonly report: Report;
  readonly found: QueueParts & { readonly documents: ReadDocument[] };
  readonly context: { readonly stack: StackSettings; readonly note: Note };
  readonly arn: string;
}

const eventSite = ({ resource, report, context }: Site) => ({
  ...{ stack: context.stack, note: context.note, report },
  place: resource.places.get(resource.path) ?? resource.path,
});

export const queueReaders: Readonly<Record<string, (site: Site) => void>> = {
  "AWS::SQS::Queue": ({ fields, found, arn, report }) =>
    void found.queues.push(readQueue(fields, arn, report)),
  "AWS::SQS::QueuePolicy": ({ fields, found, report }) => {
    found.queuePolicies.push(readQueuePolicy(fields, { report, documents: found.documents }));
  },
  "AWS::Lambda::EventSourceMapping": (site) => {
    const source = readEventSource(site.fields, eventSite(site));
    if (source !== undefined) site.found.eventSources.push(source);
  },
  "AWS::Lambda::EventInvokeConfig": (site) =>
    void site.found.asynchronous.push(readEventInvokeConfig(site.fields, eventSite(site))),
};
