// AWS::Serverless::Function -> the CloudFormation resources that SAM makes of it: function, role, version, alias, URL
// with its public permissions. Their logical ids are SAM's, since templates refer to them.
// https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-generated-resources-function.html
import { expandApiEvents, type ApiEvent } from "./api-events.js";
import { expandEvents } from "./expand-events.js";
import { expandRole } from "./expand-role.js";
import { deadLetterConfig, expandEventInvokeConfig, expandSqsEvents } from "./expand-sqs-events.js";
import { expandUrl } from "./expand-url.js";
import { unsupported } from "../faults.js";
import { isMembers, readFields, type Fields, type Members } from "../fields.js";
import type { Resource } from "../resource.js";
import {
  chosen,
  makeBeside,
  placeOf,
  samText,
  samTracing,
  tagList,
  type SamContext,
  type SamFunction,
} from "./sam-function.js";

export interface Expansion {
  readonly resources: readonly Resource[];
  readonly synonyms: readonly (readonly [string, string])[];
  /** Methods of APIs that are made elsewhere. */
  readonly apiEvents?: readonly ApiEvent[];
}

/** Handed on to AWS::Lambda::Function under the same name. */
const passedOn = [
  ...[
    "FunctionName",
    "Handler",
    "Runtime",
    "Description",
    "MemorySize",
    "Timeout",
    "VpcConfig",
    "Environment",
  ],
  ...["KmsKeyArn", "ReservedConcurrentExecutions", "Layers", "PackageType", "Architectures", "SnapStart"],
  ...["EphemeralStorage", "RuntimeManagementConfig", "LoggingConfig", "RecursiveLoop", "ImageConfig"],
];
const forTheRole = ["AssumeRolePolicyDocument", "Policies", "RolePath", "PermissionsBoundary", "Tracing"];
const forSam = [
  ...["CodeUri", "ImageUri", "InlineCode", "Role", "Tags", "PropagateTags", "Events", "FunctionUrlConfig"],
  ...["AutoPublishAlias", "AutoPublishAliasAllProperties", "AutoPublishCodeSha256", "VersionDescription"],
  ...["ProvisionedConcurrencyConfig", "DeploymentPreference", "DeadLetterQueue", "EventInvokeConfig"],
];

export function expandFunction(fn: SamFunction, context: SamContext): Expansion {
  const fields = readFields(fn.properties, `${fn.path}.Properties`, context.report);
  fields.ignore(...passedOn, ...forTheRole, ...forSam);
  fields.end();
  const role = chosen(fn.properties.Role, context.parameterScope);
  const roles = role === undefined ? [expandRole(fn, context)] : [];
  const alias = expandAlias(fn, context);
  const target = { Ref: alias.at(-1)?.logicalId ?? fn.logicalId };
  const api = expandApiEvents(fn, target, context);
  noteUnserved(fn, fields, alias.length > 0, context);
  return {
    resources: [
      lambdaFunction(fn, role ?? { "Fn::GetAtt": [`${fn.logicalId}Role`, "Arn"] }, samTracing(fn, context)),
      ...roles,
      ...alias,
      ...expandUrl(fn, target, context),
      ...expandEvents(fn, context),
      ...expandSqsEvents(fn, target, context),
      ...expandEventInvokeConfig(fn, samText(fn, "AutoPublishAlias", context)),
      ...api.map(({ permission }) => permission),
    ],
    apiEvents: api.map(({ event }) => event),
    synonyms: alias.slice(1).map(({ logicalId }) => [`${fn.logicalId}.Alias`, logicalId] as const),
  };
}

function lambdaFunction(fn: SamFunction, role: unknown, tracing: string | undefined): Resource {
  const { properties: sam, logicalId, path } = fn;
  const given = passedOn.filter((name) => Object.hasOwn(sam, name));
  const isInline = Object.hasOwn(sam, "InlineCode");
  const properties: Members = {
    ...Object.fromEntries(given.map((name) => [name, sam[name]])),
    ...(isInline ? { Code: { ZipFile: sam.InlineCode } } : {}),
    ...(!isInline && Object.hasOwn(sam, "CodeUri") ? { Code: sam.CodeUri } : {}),
    ...(Object.hasOwn(sam, "ImageUri") ? { Code: { ImageUri: sam.ImageUri } } : {}),
    ...(Object.hasOwn(sam, "Tags") ? { Tags: tagList(sam.Tags) } : {}),
    ...deadLetterConfig(fn),
    ...(tracing === undefined ? {} : { TracingConfig: { Mode: tracing } }),
    Role: role,
  };
  const at = `${path}.Properties`;
  const isImage = sam.PackageType === "Image";
  const code = isInline ? "InlineCode" : isImage ? "ImageUri" : "CodeUri";
  const places = new Map([
    [`${at}.Code`, placeOf(fn, code)],
    ...(isInline ? [[`${at}.Code.ZipFile`, placeOf(fn, code)] as const] : []),
    ...given.map((name) => [`${at}.${name}`, placeOf(fn, name)] as const),
    [`${at}.DeadLetterConfig`, placeOf(fn, "DeadLetterQueue")],
    [`${at}.TracingConfig`, placeOf(fn, "Tracing")],
  ]);
  const { condition, dependsOn, metadata } = fn;
  return {
    ...{ logicalId, type: "AWS::Lambda::Function", path, properties, places, dependsOn, metadata },
    ...(condition === undefined ? {} : { condition }),
  };
}

/** The version and the alias. SAM's id of the version ends in a hash that cannot be told before, so it has none here. */
function expandAlias(fn: SamFunction, context: SamContext): Resource[] {
  const name = samText(fn, "AutoPublishAlias", context);
  if (name === undefined) return [];
  const place = placeOf(fn, "AutoPublishAlias");
  const version = `${fn.logicalId}.Version`;
  const id = `${fn.logicalId}Alias${name.replaceAll("-", "D").replaceAll("_", "U")}`;
  const alias = {
    Name: name,
    FunctionName: { Ref: fn.logicalId },
    FunctionVersion: { "Fn::GetAtt": [version, "Version"] },
  };
  return [
    makeBeside(fn, version, "AWS::Lambda::Version", { FunctionName: { Ref: fn.logicalId } }),
    makeBeside(fn, id, "AWS::Lambda::Alias", alias, { Name: place }),
  ];
}

function noteUnserved(
  fn: SamFunction,
  fields: Fields,
  hasAlias: boolean,
  { note, report }: SamContext,
): void {
  const needsAlias = ["DeploymentPreference", "ProvisionedConcurrencyConfig"];
  for (const name of needsAlias) {
    const value = fn.properties[name];
    const isOff = isMembers(value) && (value.Enabled === false || value.Enabled === "false");
    if (value === undefined || isOff) continue;
    if (hasAlias) note(`${placeOf(fn, name)}: is read and changes nothing here`);
    else report(placeOf(fn, name), "needs AutoPublishAlias");
  }
  checkDeploymentPreference(fields);
  checkEventInvokeConfig(fields);
}

function checkDeploymentPreference(fields: Fields): void {
  const preference = fields.object("DeploymentPreference");
  preference.ignore(
    "Type",
    "Alarms",
    "Hooks",
    "Enabled",
    "Role",
    "TriggerConfigurations",
    "PassthroughCondition",
  );
  preference.end();
}

function checkEventInvokeConfig(fields: Fields): void {
  const config = fields.object("EventInvokeConfig");
  config.ignore("MaximumEventAgeInSeconds", "MaximumRetryAttempts");
  const destinations = config.object("DestinationConfig");
  for (const name of ["OnSuccess", "OnFailure"].filter((one) => destinations.has(one))) {
    const destination = destinations.object(name);
    destination.oneOf("Type", ["SQS", "SNS", "EventBridge", "Lambda", "S3Bucket"]);
    // SAM would make a queue or a topic.
    if (!destination.has("Destination")) destination.fault("Destination", `that is not given ${unsupported}`);
    destination.end();
  }
  destinations.end();
  config.end();
}
