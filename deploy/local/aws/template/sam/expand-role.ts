// The execution role that SAM makes for a function without `Role`: FnRole, for lambda.amazonaws.com, with the policy
// that lets it log and whatever `Policies`, `Tracing`, `VpcConfig` and `DeadLetterQueue` ask for.
// https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-function.html
// Not added: policies for destinations, and for event sources but queues. The role has less here, never more.
import { readFields, type Members } from "../fields.js";
import { managedPolicyArn } from "../resources/managed-policies.js";
import type { Resource } from "../resource.js";
import { hasSqsEvent } from "./expand-sqs-events.js";
import {
  makeBeside,
  placeOf,
  samTracing,
  tagList,
  type SamContext,
  type SamFunction,
} from "./sam-function.js";
import { readSamPolicies, type SamPolicy } from "./sam-policies.js";

const lambdaTrust = {
  Version: "2012-10-17",
  Statement: [
    { Effect: "Allow", Principal: { Service: ["lambda.amazonaws.com"] }, Action: ["sts:AssumeRole"] },
  ],
};

export function expandRole(fn: SamFunction, context: SamContext): Resource {
  const { properties: sam, logicalId } = fn;
  const id = `${logicalId}Role`;
  const policies = [...impliedPolicies(fn, context), ...readSamPolicies(fn, context)];
  const managed = uniqueArns(policies);
  const inline = policies.filter(({ document }) => document !== undefined);
  const optional: readonly (readonly [string, string])[] = [
    ["Path", "RolePath"],
    ["PermissionsBoundary", "PermissionsBoundary"],
  ];
  const taken = optional.filter(([, name]) => Object.hasOwn(sam, name));
  const properties: Members = {
    AssumeRolePolicyDocument: sam.AssumeRolePolicyDocument ?? lambdaTrust,
    ManagedPolicyArns: managed.map(({ arn }) => arn),
    Policies: inline.map(({ name, document }) => ({
      PolicyName: name === undefined ? "DeadLetterQueuePolicy" : `${id}Policy${name}`,
      PolicyDocument: document,
    })),
    ...Object.fromEntries(taken.map(([property, name]) => [property, sam[name]])),
    Tags: tagList(sam.Tags ?? {}),
  };
  const places = Object.fromEntries([
    ["AssumeRolePolicyDocument", placeOf(fn, "AssumeRolePolicyDocument")],
    ...taken.map(([property, name]) => [property, placeOf(fn, name)]),
    ...managed.map(({ place }, at) => [`ManagedPolicyArns[${at}]`, place]),
    ...inline.map(({ place }, at) => [`Policies[${at}].PolicyDocument`, place]),
    ["Tags", placeOf(fn, "Tags")],
  ]) as Record<string, string>;
  return makeBeside(fn, id, "AWS::IAM::Role", properties, places);
}

function uniqueArns(policies: readonly SamPolicy[]): readonly SamPolicy[] {
  const withArn = policies.filter(({ arn }) => arn !== undefined);
  const seen = withArn.map(({ arn }) => JSON.stringify(arn));
  return withArn.filter((_, at) => seen.indexOf(seen[at] ?? "") === at);
}

function impliedPolicies(fn: SamFunction, context: SamContext): SamPolicy[] {
  const { properties: sam } = fn;
  const place = placeOf(fn, "Tracing");
  const named = [
    "AWSLambdaBasicExecutionRole",
    ...(samTracing(fn, context) === undefined ? [] : ["AWSXrayWriteOnlyAccess"]),
    ...(sam.VpcConfig === undefined ? [] : ["AWSLambdaVPCAccessExecutionRole"]),
    ...(hasSqsEvent(fn) ? ["AWSLambdaSQSQueueExecutionRole"] : []),
  ];
  return [...named.map((name) => ({ arn: managedPolicyArn(name), place })), ...deadLetterPolicy(fn, context)];
}

function deadLetterPolicy(fn: SamFunction, { report }: SamContext): SamPolicy[] {
  if (fn.properties.DeadLetterQueue === undefined) return [];
  const place = placeOf(fn, "DeadLetterQueue");
  const queue = readFields(fn.properties.DeadLetterQueue, place, report);
  const action = queue.oneOf("Type", ["SQS", "SNS"]) === "SQS" ? "sqs:SendMessage" : "sns:Publish";
  if (!queue.has("TargetArn")) queue.fault("TargetArn", "is missing");
  queue.end();
  const statement = { Effect: "Allow", Action: action, Resource: queue.any("TargetArn") };
  return [{ document: { Version: "2012-10-17", Statement: [statement] }, place }];
}
