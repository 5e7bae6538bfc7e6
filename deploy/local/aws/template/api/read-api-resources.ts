// AWS::ApiGateway::RestApi, Resource, Method, Deployment and Stage, each read for itself; assemble-apis.ts joins them.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_ApiGateway.html
// Not done, and refused by name: resource policies, API keys, authorizers, validators, caches, canaries, S3 bodies.
import type { ApiMethod, ApiStage } from "../../model.js";
import { unsupported, type Report } from "../faults.js";
import { isMembers, readFields, type Fields } from "../fields.js";
import { readTags } from "../resources/read-tags.js";
import type { StackSettings } from "../resources/resource-names.js";
import { readIntegration, type IntegrationWords, type MockResponse } from "./read-integration.js";
import { mediaType, readOpenApi, type ReadBody } from "./read-openapi.js";

export interface ReadRestApi extends ReadBody {
  readonly logicalId: string;
  readonly id: string;
  readonly fields: Fields;
}

export interface ReadApiResource {
  readonly id: string;
  readonly apiId: string;
  readonly parentId: string;
  readonly pathPart: string;
  readonly fields: Fields;
}

export interface ReadApiMethod {
  readonly logicalId: string;
  readonly apiId: string;
  readonly resourceId: string;
  readonly method: Omit<ApiMethod, "path">;
  readonly fields: Fields;
}

export interface ReadDeployment {
  readonly id: string;
  readonly apiId: string;
  readonly dependsOn: readonly string[];
  readonly fields: Fields;
}

export interface ReadStage {
  readonly apiId: string;
  readonly deploymentId: string;
  readonly stage: ApiStage;
  readonly fields: Fields;
}

export function readRestApi(
  fields: Fields,
  { logicalId, ref, stack, report }: ApiNames & { readonly stack: StackSettings; readonly report: Report },
): ReadRestApi {
  fields.text("Name", /^[^]{1,1024}$/, "made-up");
  fields.text("Description", /^[^]{0,1024}$/, "");
  fields.oneOf("ApiKeySourceType", ["HEADER"], "HEADER");
  fields.oneOf("Mode", ["overwrite", "merge"], "overwrite");
  fields.ignore("Parameters", "FailOnWarnings", "MinimumCompressionSize");
  if (fields.boolean("DisableExecuteApiEndpoint", false))
    fields.fault("DisableExecuteApiEndpoint", `true: custom domain names ${unsupported}`);
  const endpoint = fields.object("EndpointConfiguration");
  // A private API answers in a VPC only.
  for (const type of endpoint.texts("Types"))
    if (!["REGIONAL", "EDGE"].includes(type)) endpoint.fault("Types", `${type} ${unsupported}`);
  endpoint.oneOf("IpAddressType", ["ipv4", "dualstack"], "ipv4");
  endpoint.end();
  if (fields.has("Tags")) readTags(fields, report);
  const own = fields.textsMatching("BinaryMediaTypes", mediaType, 100);
  const body = fields.has("Body") ? readOpenApi(fields.object("Body"), stack) : empty;
  fields.end();
  const binaryMediaTypes = [...own, ...body.binaryMediaTypes];
  return { logicalId, id: ref, fields, methods: body.methods, binaryMediaTypes };
}

const empty: ReadBody = { methods: [], binaryMediaTypes: [] };

export interface ApiNames {
  readonly logicalId: string;
  readonly ref: string;
}

export function readApiResource(fields: Fields, { ref }: ApiNames): ReadApiResource {
  const resource = {
    id: ref,
    apiId: fields.text("RestApiId", /./),
    parentId: fields.text("ParentId", /./),
    pathPart: fields.text("PathPart", /^[^/]+$/),
    fields,
  };
  fields.end();
  return resource;
}

const words: IntegrationWords = {
  type: "Type",
  httpMethod: "IntegrationHttpMethod",
  uri: "Uri",
  credentials: "Credentials",
  timeout: "TimeoutInMillis",
  requestTemplates: "RequestTemplates",
  passthrough: "PassthroughBehavior",
  transferMode: "ResponseTransferMode",
};

export function readApiMethod(
  fields: Fields,
  { logicalId }: ApiNames,
  stack: StackSettings,
  report: Report,
): ReadApiMethod {
  fields.text("OperationName", /./, "none");
  if (fields.boolean("ApiKeyRequired", false)) fields.fault("ApiKeyRequired", `true ${unsupported}`);
  const statuses = responseList(fields, "MethodResponses", report).map(({ status }) => status);
  const integration = fields.object("Integration");
  const method = {
    method: fields.text("HttpMethod", /^(GET|PUT|POST|DELETE|OPTIONS|HEAD|PATCH|ANY)$/),
    authorization: fields.oneOf("AuthorizationType", ["NONE", "AWS_IAM"], "NONE"),
    integration: readIntegration(integration, {
      ...{ words, stack, statuses },
      responses: (own) => responseList(own, "IntegrationResponses", report),
    }),
  };
  const names = { apiId: fields.text("RestApiId", /./), resourceId: fields.text("ResourceId", /./) };
  fields.end();
  return { logicalId, ...names, method, fields };
}

const responseList = (holder: Fields, name: string, report: Report): MockResponse[] =>
  holder.list(name).map((item, at) => {
    const response = readFields(item, holder.at(`${name}[${at}]`), report);
    const read = {
      status: response.scalar("StatusCode", /^[2-5]\d\d$/),
      template: response.any("ResponseTemplates"),
    };
    response.ignore("ResponseModels");
    response.end();
    return read;
  });

export function readDeployment(
  fields: Fields,
  { ref }: ApiNames,
  dependsOn: readonly string[],
): { readonly deployment: ReadDeployment; readonly stages: readonly ReadStage[] } {
  const apiId = fields.text("RestApiId", /./);
  fields.text("Description", /^[^]{0,1024}$/, "");
  const name = fields.has("StageName") ? fields.text("StageName", stageName) : undefined;
  fields.end();
  const stage = { name: name ?? "", variables: {} };
  return {
    deployment: { id: ref, apiId, dependsOn, fields },
    stages: name === undefined ? [] : [{ apiId, deploymentId: ref, stage, fields }],
  };
}

const stageName = /^[A-Za-z0-9_-]{1,128}$/;

export function readStage(fields: Fields, report: Report): ReadStage {
  fields.text("Description", /^[^]{0,1024}$/, "");
  // Logs, metrics and traces are not made here, and throttling is not done.
  fields.ignore("AccessLogSetting", "MethodSettings", "TracingEnabled");
  if (fields.boolean("CacheClusterEnabled", false))
    fields.fault("CacheClusterEnabled", `true ${unsupported}`);
  if (fields.has("Tags")) readTags(fields, report);
  const stage = { name: fields.text("StageName", stageName), variables: readVariables(fields) };
  const names = { apiId: fields.text("RestApiId", /./), deploymentId: fields.text("DeploymentId", /./) };
  fields.end();
  return { ...names, stage, fields };
}

function readVariables(fields: Fields): Record<string, string> {
  const variables = fields.object("Variables");
  const members = fields.any("Variables");
  const names = isMembers(members) ? Object.keys(members) : [];
  for (const name of names)
    if (!/^[A-Za-z0-9_]+$/.test(name)) variables.fault(name, "is not the name of a stage variable");
  return Object.fromEntries(
    names.map((name) => [name, variables.scalar(name, /^[A-Za-z0-9\-._~:/?#&=,]{1,512}$/)]),
  );
}
