// Reads each resource by its type, in two rounds: first each for itself, then what they say about one another.
// A resource whose Condition is false is read for its faults and is not there otherwise.
import type {
  EventSourceDefinition,
  FunctionDefinition,
  ManagedPolicy,
  OidcProvider,
  QueueDefinition,
  RestApi,
  Role,
} from "../../model.js";
import { apiReaders } from "../api/api-readers.js";
import { assembleApis, noApis, type ApiParts } from "../api/assemble-apis.js";
import {
  addAsynchronous,
  assembleEventSources,
  assembleQueues,
  noQueues,
  type QueueParts,
} from "../queues/assemble-queues.js";
import { queueReaders } from "../queues/queue-readers.js";
import type { WaitsFor } from "../dependencies.js";
import { checkOrder } from "./check-order.js";
import { assembleFunctions, type FunctionParts } from "./assemble-functions.js";
import { assembleRoles, type RoleParts } from "./assemble-roles.js";
import { relocated, type Note, type Report } from "../faults.js";
import { isInert } from "../unserved/inert-types.js";
import type { Scope } from "../language/intrinsics.js";
import { awsManagedPolicies } from "./managed-policies.js";
import { readAlias, readVersion, type AliasSite } from "./read-alias.js";
import { readFunction } from "./read-function.js";
import { readUrl } from "./read-function-url.js";
import { readLayer } from "./read-layer.js";
import { readOidcProvider } from "./read-oidc-provider.js";
import { readPermission } from "./read-permission.js";
import {
  readAttachedPolicy,
  readManagedPolicy,
  readRolePolicy,
  type PolicyReader,
  type ReadDocument,
} from "./read-policy.js";
import { readRole } from "./read-role.js";
import { reportTwiceInAnyCase } from "./report-twice.js";
import { readProperties, reportDynamicReferences, type Resource } from "../resource.js";
import type { StackSettings } from "./resource-names.js";
import type { Fields } from "../fields.js";

export interface ReadContext {
  readonly scope: Scope;
  readonly stack: StackSettings;
  readonly templateFolder: string;
  readonly report: Report;
  readonly note: Note;
  readonly waitsFor: WaitsFor;
}

interface Found extends FunctionParts, RoleParts, ApiParts, QueueParts {
  readonly documents: ReadDocument[];
  readonly oidcProviders: OidcProvider[];
}

export interface ReadResources {
  readonly functions: readonly FunctionDefinition[];
  readonly roles: readonly Role[];
  readonly managedPolicies: readonly ManagedPolicy[];
  readonly oidcProviders: readonly OidcProvider[];
  readonly apis: readonly RestApi[];
  readonly queues: readonly QueueDefinition[];
  readonly eventSources: readonly EventSourceDefinition[];
  /** Those of absent resources too: a misspelt action is a fault wherever it stands. */
  readonly documents: readonly ReadDocument[];
}

export function readResources(resources: readonly Resource[], context: ReadContext): ReadResources {
  const [found, absent] = [nothing(), nothing()];
  for (const resource of resources) {
    const { condition } = resource;
    const isAbsent = condition !== undefined && context.scope.condition(condition) === false;
    if (isAbsent) readResource(resource, absent, { ...context, scope: context.scope.undeployed });
    else readResource(resource, found, context);
  }
  noteInert(resources, context);
  if (found.functions.length === 0)
    context.note("Resources: no function is among them, so there is none to call; roles can be assumed");
  const { oidcProviders } = found;
  const managedPolicies = [
    ...found.managedPolicies.map(({ arn, document, text, description }) => ({
      ...{ arn, document, text },
      ...(description === "" ? {} : { description }),
    })),
    ...awsManagedPolicies,
  ];
  reportTwiceInAnyCase(
    oidcProviders.map(({ arn }) => arn),
    "OIDC providers have the ARN",
    context.report,
  );
  checkOrder(found, { ...context, accountId: context.stack.accountId });
  const roles = assembleRoles(found, managedPolicies, context.report);
  const functions = addAsynchronous(assembleFunctions(found, roles, context), found, context);
  return {
    functions,
    apis: assembleApis(found, functions),
    queues: assembleQueues(found, context.report),
    eventSources: assembleEventSources(found, functions),
    ...{ roles, managedPolicies, oidcProviders, documents: [...found.documents, ...absent.documents] },
  };
}

const nothing = (): Found => ({
  ...{ functions: [], aliases: [], versions: [], urls: [], permissions: [], layers: [] },
  ...{ roles: [], attached: [], managedPolicies: [], documents: [], oidcProviders: [] },
  ...noApis(),
  ...noQueues(),
});

interface Site {
  readonly resource: Resource;
  readonly fields: Fields;
  readonly report: Report;
  readonly found: Found;
  readonly context: ReadContext;
  /** What Ref gives, and what Fn::GetAtt gives for Arn. */
  readonly ref: string;
  readonly arn: string;
}

const aliasSite = ({ resource: { logicalId }, context: { stack, note } }: Site): AliasSite => ({
  ...{ logicalId, stack, note },
});

const policyReader = ({ report, found }: Site): PolicyReader => ({ report, documents: found.documents });

const readers: Readonly<Record<string, (site: Site) => void>> = {
  "AWS::IAM::Role": (site) => {
    const { resource, fields, found, ref, arn } = site;
    const { logicalId } = resource;
    const place = resource.places.get(resource.path) ?? resource.path;
    found.roles.push(readRole(fields, { logicalId, name: ref, arn, place }, policyReader(site)));
  },
  "AWS::IAM::Policy": (site) =>
    void site.found.attached.push(readAttachedPolicy(site.fields, site.resource, policyReader(site))),
  "AWS::IAM::RolePolicy": (site) =>
    void site.found.attached.push(readRolePolicy(site.fields, site.resource, policyReader(site))),
  "AWS::IAM::ManagedPolicy": (site) => {
    const names = { logicalId: site.resource.logicalId, arn: site.ref };
    site.found.managedPolicies.push(readManagedPolicy(site.fields, names, policyReader(site)));
  },
  "AWS::IAM::OIDCProvider": ({ fields, found, arn, report }) =>
    void found.oidcProviders.push(readOidcProvider(fields, arn, report)),
  "AWS::Lambda::Function": ({ resource, fields, found, context, report, ref, arn }) => {
    const names = { logicalId: resource.logicalId, name: ref, arn };
    const { templateFolder, note } = context;
    const { metadata, path } = resource;
    const noteAt = relocated((place, message) => note(`${place}: ${message}`), resource.places);
    const site = { templateFolder, metadata, path, report, note, noteAt };
    found.functions.push(readFunction(names, fields, site));
  },
  "AWS::Lambda::Alias": (site) => void site.found.aliases.push(readAlias(site.fields, aliasSite(site))),
  "AWS::Lambda::Version": (site) => void site.found.versions.push(readVersion(site.fields, aliasSite(site))),
  "AWS::Lambda::Url": ({ resource, fields, found, context }) =>
    void found.urls.push(readUrl(fields, resource.logicalId, context.stack)),
  "AWS::Lambda::Permission": ({ resource, fields, found, context, report }) => {
    const permission = readPermission(fields, resource.logicalId, context.stack);
    found.permissions.push(permission);
    const { path } = fields;
    const there = relocated(report, new Map([[`${path}.Statement[0].Action`, fields.at("Action")]]));
    const document = { statements: [permission.statement] };
    found.documents.push({ document, kind: "resource", path, report: there });
  },
  "AWS::Lambda::LayerVersion": ({ resource, fields, found, context, ref, report }) =>
    void found.layers.push(
      readLayer(fields, ref, resource, { templateFolder: context.templateFolder, report }),
    ),
  ...apiReaders,
  ...queueReaders,
};

export const isServed = (type: string): boolean => Object.hasOwn(readers, type);

function readResource(resource: Resource, found: Found, context: ReadContext): void {
  const { logicalId, type } = resource;
  const { properties: fields, report } = readProperties(resource, context.scope, context.report);
  if (isServed(type)) reportDynamicReferences(resource.properties, fields.path, report);
  const text = (value: unknown): string => (typeof value === "string" ? value : "");
  const ref = text(context.scope.ref(logicalId));
  const arn = text(context.scope.attribute(logicalId, "Arn"));
  if (Object.hasOwn(readers, type)) readers[type]?.({ resource, fields, report, found, context, ref, arn });
}

/** One notice for each type, so that twenty alarms are one line. */
function noteInert(resources: readonly Resource[], { note }: ReadContext): void {
  const inert = resources.filter(({ type }) => isInert(type) && type.startsWith("AWS::"));
  for (const type of new Set(inert.map((resource) => resource.type))) {
    const places = inert.filter((resource) => resource.type === type).map(({ path }) => path);
    note(`${places.join(", ")}: ${type} is named here, not served`);
  }
}
