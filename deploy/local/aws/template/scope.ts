// What the names of a template stand for: pseudo parameters, parameters, and the names and ARNs of its resources
// with the URLs that SAM makes beside functions. The name of a resource may be made of parameters only.
// https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-generated-resources-function.html
import type { Report } from "./faults.js";
import { isMembers, type Members } from "./fields.js";
import { resolveIntrinsics, type Scope } from "./intrinsics.js";
import { generatedName, roleId, urlId } from "./stable-id.js";

export interface StackSettings {
  readonly accountId: string;
  readonly region: string;
  readonly stackName: string;
}

export interface ResourceNames {
  readonly name: string;
  readonly arn: string;
  /** What Fn::GetAtt gives. */
  readonly attributes: ReadonlyMap<string, string>;
}

export interface StackScope extends Scope {
  namesOf(logicalId: string): ResourceNames | undefined;
}

export interface ScopeSource {
  readonly resources: Members;
  /** Properties of Globals.Function. */
  readonly globals: Members;
  readonly parameters: ReadonlyMap<string, string>;
  readonly settings: StackSettings;
}

export function createScope(source: ScopeSource, report: Report): StackScope {
  const names = new Map<string, ResourceNames>();
  const values = new Map([...pseudoParameters(source.settings), ...source.parameters]);
  const scope: StackScope = {
    ref: (name) => values.get(name) ?? names.get(name)?.name,
    attribute: (logicalId, attribute) => names.get(logicalId)?.attributes.get(attribute),
    namesOf: (logicalId) => names.get(logicalId),
  };
  // Made out before any of them is there, so that no name can refer to itself.
  const found = Object.entries(source.resources).flatMap(([id, resource]) => [
    ...nameResource(id, resource, source, scope, report),
  ]);
  for (const [id, resourceNames] of found) names.set(id, resourceNames);
  return scope;
}

const pseudoParameters = ({ accountId, region, stackName }: StackSettings): [string, string][] => [
  ["AWS::AccountId", accountId],
  ["AWS::Partition", "aws"],
  ["AWS::Region", region],
  ["AWS::StackName", stackName],
  ["AWS::URLSuffix", "amazonaws.com"],
];

function nameResource(
  logicalId: string,
  resource: unknown,
  { globals, settings }: ScopeSource,
  scope: Scope,
  report: Report,
): Map<string, ResourceNames> {
  const { Type: type, Properties: properties } = isMembers(resource) ? resource : {};
  const own: Members = isMembers(properties) ? properties : {};
  const text = (property: string, value: unknown): string | undefined => {
    const path = `Resources.${logicalId}.Properties.${property}`;
    const resolved = resolveIntrinsics(value, scope, path, report);
    if (resolved === undefined || typeof resolved === "string") return resolved;
    report(path, "must be a string");
    return "";
  };
  const generated = generatedName(settings.stackName, logicalId);
  if (type === "AWS::IAM::Role") {
    const name = text("RoleName", own.RoleName) ?? generated;
    return new Map([[logicalId, roleNames(name, text("Path", own.Path) ?? "/", settings)]]);
  }
  if (type !== "AWS::Serverless::Function") return new Map();
  const name = text("FunctionName", own.FunctionName) ?? generated;
  const alias = text("AutoPublishAlias", own.AutoPublishAlias ?? globals.AutoPublishAlias);
  const hasUrl = (own.FunctionUrlConfig ?? globals.FunctionUrlConfig) !== undefined;
  return functionNames(logicalId, name, alias, hasUrl, settings);
}

function roleNames(name: string, rolePath: string, { accountId }: StackSettings): ResourceNames {
  const arn = `arn:aws:iam::${accountId}:role${rolePath}${name}`;
  return {
    name,
    arn,
    attributes: new Map([
      ["Arn", arn],
      ["RoleId", roleId(arn)],
    ]),
  };
}

function functionNames(
  logicalId: string,
  name: string,
  alias: string | undefined,
  hasUrl: boolean,
  { accountId, region }: StackSettings,
): Map<string, ResourceNames> {
  const arn = `arn:aws:lambda:${region}:${accountId}:function:${name}`;
  const qualifiedArn = alias === undefined ? arn : `${arn}:${alias}`;
  const found = new Map([[logicalId, { name, arn, attributes: new Map([["Arn", arn]]) }]]);
  if (alias !== undefined) {
    const aliasNames = { name: qualifiedArn, arn: qualifiedArn, attributes: new Map<string, string>() };
    found.set(`${logicalId}.Alias`, aliasNames).set(`${logicalId}Alias${alias}`, aliasNames);
  }
  if (hasUrl) {
    const url = `https://${urlId(qualifiedArn)}.lambda-url.${region}.on.aws/`;
    // Ref of AWS::Lambda::Url is the ARN of what it hangs on.
    found.set(`${logicalId}Url`, {
      name: qualifiedArn,
      arn: qualifiedArn,
      attributes: new Map([["FunctionUrl", url]]),
    });
  }
  return found;
}
