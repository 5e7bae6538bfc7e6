// AWS::Serverless::Api -> the CloudFormation resources that SAM makes of it: API, deployment and stage, with the methods
// that events of functions add. Their logical ids are SAM's, since templates refer to them.
// https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-api.html
// Not done, and refused by name: Cors, Domain, usage plans, resource policies, every authorizer but AWS_IAM.
import { unsupported } from "../faults.js";
import { isMembers, readFields, type Members } from "../fields.js";
import { resolveIntrinsics } from "../language/intrinsics.js";
import type { Resource } from "../resource.js";
import { definitionOf, readAuth } from "./api-definition.js";
import type { ApiEvent } from "./api-events.js";
import type { Expansion } from "./expand-function.js";
import { tagList, type SamContext } from "./sam-function.js";

export const samApi = "AWS::Serverless::Api";

const passedOn = ["Name", "Description", "BinaryMediaTypes", "Mode", "DisableExecuteApiEndpoint"];
const ofStage = ["Variables", "AccessLogSetting", "MethodSettings", "TracingEnabled", "CacheClusterEnabled"];
const forSam = ["StageName", "DefinitionBody", "MergeDefinitions", "Auth", "EndpointConfiguration", "Tags"];
const unread = ["OpenApiVersion", "AlwaysDeploy", "PropagateTags", "FailOnWarnings"];

export function expandApi(api: Resource, events: readonly ApiEvent[], context: SamContext): Expansion {
  const { logicalId, path, properties: sam } = api;
  const at = `${path}.Properties`;
  const fields = readFields(sam, at, context.report);
  fields.ignore(...passedOn, ...ofStage, ...forSam, ...unread);
  fields.end();
  const auth = readAuth(sam.Auth, `${at}.Auth`, context);
  const stageId = `${logicalId}${stageNameOf(api, context)}Stage`;
  const deploymentId = `${logicalId}.Deployment`;
  const properties = {
    ...pick(sam, passedOn),
    ...endpointOf(sam.EndpointConfiguration),
    ...(sam.Tags === undefined ? {} : { Tags: tagList(sam.Tags) }),
    Body: definitionOf(api, events, auth, context),
  };
  const places = new Map([[`${at}.Body`, `${at}.DefinitionBody`]]);
  const stage = { StageName: sam.StageName, DeploymentId: { Ref: deploymentId } };
  return {
    resources: [
      { ...api, type: "AWS::ApiGateway::RestApi", properties, places },
      makeBesideApi(api, deploymentId, "AWS::ApiGateway::Deployment", {}),
      makeBesideApi(api, stageId, "AWS::ApiGateway::Stage", { ...pick(sam, ofStage), ...stage }),
    ],
    synonyms: [[`${logicalId}.Stage`, stageId]],
  };
}

/** It stands in the id that SAM makes for the stage. */
function stageNameOf({ properties, path }: Resource, { parameterScope, report }: SamContext): string {
  const place = `${path}.Properties.StageName`;
  const name = resolveIntrinsics(properties.StageName, parameterScope, place, report);
  if (typeof name === "string" && /^[A-Za-z0-9]{1,128}$/.test(name)) return name;
  report(place, `must be letters and digits; any other ${unsupported}`);
  return "";
}

const pick = (members: Members, names: readonly string[]): Members =>
  Object.fromEntries(Object.entries(members).filter(([name]) => names.includes(name)));

const makeBesideApi = (api: Resource, id: string, type: string, properties: Members): Resource => ({
  ...api,
  ...{ logicalId: id, type, path: `Resources.${id}`, dependsOn: [] },
  properties: { RestApiId: { Ref: api.logicalId }, ...properties },
  places: new Map([[`Resources.${id}`, api.path]]),
});

/** SAM takes a type by itself, or an object of it. */
const endpointOf = (endpoint: unknown): Members => {
  if (endpoint === undefined) return {};
  const { Type: type, ...rest } = isMembers(endpoint) ? endpoint : { Type: endpoint };
  return { EndpointConfiguration: { Types: [type], ...rest } };
};
