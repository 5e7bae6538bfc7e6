// REST APIs with what other resources say about them: the tree of their resources, methods, deployments and stages.
// A method that a deployment does not wait for may be missing in it, so each deployment must depend on every method.
import type { ApiMethod, FunctionDefinition, RestApi } from "../../model.js";
import { unsupported } from "../faults.js";
import type { Fields } from "../fields.js";
import { checkPath } from "./check-path.js";
import { checkTree, type PlacedResource } from "./check-tree.js";
import type {
  ReadApiMethod,
  ReadApiResource,
  ReadDeployment,
  ReadRestApi,
  ReadStage,
} from "./read-api-resources.js";

export interface ApiParts {
  readonly restApis: ReadRestApi[];
  readonly apiResources: ReadApiResource[];
  readonly apiMethods: ReadApiMethod[];
  readonly deployments: ReadDeployment[];
  readonly stages: ReadStage[];
}

export const noApis = (): ApiParts => ({
  ...{ restApis: [], apiResources: [], apiMethods: [], deployments: [], stages: [] },
});

export function assembleApis(parts: ApiParts, functions: readonly FunctionDefinition[]): RestApi[] {
  const isOurs = (id: string): boolean => parts.restApis.some((api) => api.id === id);
  const others = [...parts.apiResources, ...parts.apiMethods, ...parts.deployments, ...parts.stages];
  for (const { apiId, fields } of others)
    if (apiId !== "" && !isOurs(apiId)) fields.fault("RestApiId", `${apiId} is no API of this template`);
  return parts.restApis.map((api) => assembleApi(api, parts, functions));
}

function assembleApi(api: ReadRestApi, parts: ApiParts, functions: readonly FunctionDefinition[]): RestApi {
  const ofApi = ({ apiId }: { readonly apiId: string }): boolean => apiId === api.id;
  const own = parts.apiMethods.filter(ofApi);
  const methods = [...api.methods, ...own.map((read) => placeMethod(read, api, parts.apiResources))];
  checkTree(api.fields, api.methods, placeResources(api, parts.apiResources));
  checkMethods(api.fields, methods, functions);
  const stages = parts.stages.filter(ofApi);
  const deployments = parts.deployments.filter(ofApi);
  if (methods.length === 0 && deployments.length > 0)
    api.fields.fault("Body", "has no method, and API Gateway deploys no API without one");
  for (const { fields, dependsOn } of deployments) checkDeployment(fields, dependsOn, own);
  for (const { deploymentId, fields } of stages)
    if (!deployments.some(({ id }) => id === deploymentId))
      fields.fault("DeploymentId", `${deploymentId} is no deployment of this API`);
  const names = stages.map(({ stage }) => stage.name);
  if (new Set(names).size !== names.length) api.fields.fault("Name", "has two stages of one name");
  const { logicalId, id, binaryMediaTypes } = api;
  return { logicalId, id, methods, binaryMediaTypes, stages: stages.map(({ stage }) => stage) };
}

/** What the root of an API's tree is called: Fn::GetAtt RootResourceId. */
export const rootResourceId = (apiId: string): string => `${apiId.slice(-9)}0`;

function placeMethod(
  { resourceId, method, fields }: ReadApiMethod,
  api: ReadRestApi,
  resources: readonly ReadApiResource[],
): ApiMethod {
  const path = pathOf(resourceId, api, resources, []);
  if (path === undefined && resourceId !== "")
    fields.fault("ResourceId", `${resourceId} is no resource of this API`);
  checkPath(path ?? "/", (why) => fields.fault("ResourceId", why));
  return { path: path ?? "/", ...method };
}

const placeResources = (api: ReadRestApi, resources: readonly ReadApiResource[]): PlacedResource[] =>
  resources.flatMap(({ id, apiId, fields }) => {
    const path = apiId === api.id ? pathOf(id, api, resources, []) : undefined;
    return path === undefined ? [] : [{ path, fields }];
  });

function pathOf(
  id: string,
  api: ReadRestApi,
  resources: readonly ReadApiResource[],
  way: readonly string[],
): string | undefined {
  if (id === rootResourceId(api.id)) return "/";
  const resource = resources.find((one) => one.id === id && one.apiId === api.id);
  if (resource === undefined || way.includes(id)) return undefined;
  const above = pathOf(resource.parentId, api, resources, [...way, id]);
  return above === undefined ? undefined : `${above === "/" ? "" : above}/${resource.pathPart}`;
}

function checkMethods(
  fields: Fields,
  methods: readonly ApiMethod[],
  functions: readonly FunctionDefinition[],
): void {
  const keys = methods.map(({ method, path }) => `${method} ${path}`);
  const twice = keys.find((key, at) => keys.indexOf(key) !== at);
  if (twice !== undefined) fields.fault("Body", `has ${twice} twice`);
  for (const { integration } of methods) {
    if (integration.kind !== "function") continue;
    const { functionArn, qualifier } = integration;
    const definition = functions.find(({ arn }) => arn === functionArn);
    // The empty name has its fault already.
    if (definition === undefined && !functionArn.endsWith(":"))
      fields.fault("Body", `${functionArn} is not a function of this template`);
    if (definition !== undefined && qualifier !== undefined && qualifier !== definition.alias)
      fields.fault("Body", `an integration with ${functionArn}:${qualifier} ${unsupported}: it is no alias`);
  }
}

function checkDeployment(
  fields: Fields,
  dependsOn: readonly string[],
  methods: readonly ReadApiMethod[],
): void {
  for (const { logicalId } of methods)
    if (!dependsOn.includes(logicalId))
      fields.fault(
        "DependsOn",
        `must name ${logicalId}: a deployment has the methods that are there before it`,
      );
}
