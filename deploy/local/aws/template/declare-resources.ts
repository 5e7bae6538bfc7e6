// The Resources of a template -> resources as CloudFormation gets them: SAM's functions and layers are taken apart, the
// rest stands as it is. A type that the twin does not know is refused by name.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/resources-section-structure.html
import { applyGlobals } from "./sam/apply-globals.js";
import { bucketsOf, implicitApiIds, usesImplicitApi } from "./sam/expand-events.js";
import { expandApi, samApi } from "./sam/expand-api.js";
import { expandFunction, type Expansion } from "./sam/expand-function.js";
import { unsupported } from "./faults.js";
import { isMembers, readFields, type Fields, type Members } from "./fields.js";
import { implicitApi, isInert } from "./unserved/inert-types.js";
import { isServed } from "./resources/read-resources.js";
import type { Resource } from "./resource.js";
import type { SamContext, SamFunction } from "./sam/sam-function.js";
import type { StackResources } from "./scope.js";

export interface DeclareContext extends SamContext {
  /** Globals.Function. */
  readonly globals: Members;
  /** The template has SAM's Transform. */
  readonly isSam: boolean;
}

export function declareResources(section: Members, given: DeclareContext): StackResources {
  const context = { ...given, restApis: idsOf(samApi, section) };
  const { report } = context;
  const declared = Object.entries(section).map(([logicalId, value]) => {
    const fields = readFields(value, `Resources.${logicalId}`, report);
    if (!/^[A-Za-z0-9]{1,255}$/.test(logicalId)) report(fields.path, "a logical id is letters and digits");
    return declare(logicalId, fields, context);
  });
  const expansions = declared.map((each) => expandDeclaredApi(each, declared, context));
  const own = expansions.flatMap(({ resources }) => resources.slice(0, 1));
  const beside = expansions.flatMap(({ resources }) => resources.slice(1));
  const apis = implicitApis(section);
  const resources = bindBuckets([...own, ...beside, ...apis], section);
  checkIds(resources, context);
  return { resources, synonyms: new Map(expansions.flatMap(({ synonyms }) => synonyms)) };
}

function declare(logicalId: string, fields: Fields, context: DeclareContext): Expansion {
  const type = fields.text("Type", /^(AWS|Custom)::[A-Za-z0-9:@_-]+$/);
  const isKnown = isServed(type) || isInert(type) || samTypes.has(type);
  if (!isKnown && type !== "") fields.fault("Type", `resource type ${type} ${unsupported}`);
  if (type.startsWith("AWS::Serverless::") && !context.isSam)
    fields.fault("Type", `${type} needs Transform: AWS::Serverless-2016-10-31`);
  const base = readAttributes(logicalId, type, fields, context);
  const ignored = type === "AWS::Serverless::Function" ? fields.any("IgnoreGlobals") : undefined;
  fields.end();
  if (!isKnown) return { resources: [], synonyms: [] };
  if (type === "AWS::Serverless::Function") {
    const { properties: own, ...rest } = base;
    const fn: SamFunction = { ...rest, own, properties: applyGlobals(context.globals, own, ignored) };
    return expandFunction(fn, context);
  }
  const resource = type === "AWS::Serverless::LayerVersion" ? lambdaLayer(base) : base;
  return { resources: [resource], synonyms: [] };
}

const samTypes = new Set(["AWS::Serverless::Function", "AWS::Serverless::LayerVersion", samApi]);

const idsOf = (type: string, section: Members): ReadonlySet<string> =>
  new Set(Object.keys(section).filter((id) => isMembers(section[id]) && section[id].Type === type));

/** An API is made last, of its own definition and of the functions' events. */
function expandDeclaredApi(
  expansion: Expansion,
  declared: readonly Expansion[],
  context: DeclareContext,
): Expansion {
  const [resource] = expansion.resources;
  if (resource?.type !== samApi) return expansion;
  const events = declared.flatMap(({ apiEvents = [] }) => apiEvents);
  const own = events.filter(({ api }) => api === resource.logicalId);
  return expandApi(resource, own, context);
}

/** Everything about a resource but its type. */
function readAttributes(
  logicalId: string,
  type: string,
  fields: Fields,
  { parameterScope, report }: DeclareContext,
): Resource {
  const properties = fields.any("Properties") ?? {};
  if (!isMembers(properties)) fields.fault("Properties", "must be an object");
  const condition = fields.has("Condition") ? fields.text("Condition", /./) : undefined;
  if (condition !== undefined && condition !== "" && parameterScope.condition(condition) === undefined)
    fields.fault("Condition", `"${condition}" is not a condition of this template`);
  fields.oneOf("DeletionPolicy", ["Delete", "Retain", "RetainExceptOnCreate", "Snapshot"], "Delete");
  fields.oneOf("UpdateReplacePolicy", ["Delete", "Retain", "Snapshot"], "Delete");
  // How a resource is waited for and replaced; what is served here is there at once.
  if (isInert(type) || type === "AWS::Lambda::Alias") fields.ignore("CreationPolicy", "UpdatePolicy");
  return {
    ...{ logicalId, type, path: fields.path, metadata: fields.any("Metadata"), places: new Map() },
    properties: isMembers(properties) ? properties : {},
    ...(condition === undefined ? {} : { condition }),
    dependsOn: readDependencies(fields, report),
  };
}

function readDependencies(fields: Fields, report: DeclareContext["report"]): string[] {
  const value = fields.any("DependsOn") ?? [];
  return (Array.isArray(value) ? (value as unknown[]) : [value]).map((name) => {
    if (typeof name !== "string") report(`${fields.path}.DependsOn`, "takes logical ids");
    return String(name);
  });
}

/** SAM names a layer by its logical id, and gives the CloudFormation resource an id of its own. */
function lambdaLayer(layer: Resource): Resource {
  const { ContentUri: content, ...given } = layer.properties;
  const ofSam = ["PublishLambdaVersion", "RetentionPolicy"];
  const rest = Object.entries(given).filter(([name]) => !ofSam.includes(name));
  const properties = {
    LayerName: layer.logicalId,
    ...Object.fromEntries(rest),
    ...(content === undefined ? {} : { Content: content }),
  };
  const at = `${layer.path}.Properties`;
  return {
    ...layer,
    type: "AWS::Lambda::LayerVersion",
    properties,
    places: new Map([[`${at}.Content`, `${at}.ContentUri`]]),
  };
}

const functionsWith = (section: Members): [string, unknown][] =>
  Object.entries(section).flatMap(([logicalId, value]) => {
    const properties = isMembers(value) && value.Type === "AWS::Serverless::Function" ? value.Properties : {};
    return isMembers(properties) ? [[logicalId, properties.Events]] : [];
  });

function implicitApis(section: Members): Resource[] {
  return (["Api", "HttpApi"] as const).flatMap((type) => {
    const users = functionsWith(section).filter(([, events]) => usesImplicitApi(events, type));
    if (users.length === 0) return [];
    const id = implicitApiIds[type];
    const api = (logicalId: string, properties: Members): Resource => ({
      ...{ logicalId, type: implicitApi, path: `Resources.${logicalId}`, properties },
      ...{ places: new Map<string, string>(), dependsOn: [] },
    });
    const stage = type === "Api" ? `${id}ProdStage` : `${id}ApiGatewayDefaultStage`;
    return [api(id, { Functions: users.map(([user]) => ({ Ref: user })) }), api(stage, { Api: { Ref: id } })];
  });
}

function bindBuckets(resources: readonly Resource[], section: Members): Resource[] {
  const hung = functionsWith(section).flatMap(([id, events]) =>
    bucketsOf(events).map((bucket) => [bucket, id]),
  );
  return resources.map((resource) => {
    const functions = hung.filter(([bucket]) => bucket === resource.logicalId).map(([, id]) => id ?? "");
    return { ...resource, dependsOn: [...resource.dependsOn, ...functions] };
  });
}

function checkIds(resources: readonly Resource[], { parameterScope, report }: DeclareContext): void {
  if (resources.length > 500) report("Resources", "are more than the 500 that a stack may have");
  const ids = new Set<string>();
  for (const { logicalId, path } of resources) {
    if (ids.has(logicalId)) report(path, "stands here, and SAM makes a resource of this name as well");
    if (parameterScope.ref(logicalId) !== undefined) report(path, "is the name of a parameter as well");
    ids.add(logicalId);
  }
  for (const { path, dependsOn } of resources) {
    for (const name of dependsOn)
      if (!ids.has(name))
        report(`${path}.DependsOn`, `${JSON.stringify(name)} is not a resource of this template`);
  }
}
