// Functions with what other resources say about them: aliases, URLs, permissions; and their roles and layers, looked up.
// Not done: a second alias or a second URL of one function; both are refused by name.
import type { FunctionDefinition, FunctionPermissions, PolicyStatement, Role } from "../../model.js";
import { unsupported, type Report } from "../faults.js";
import type { Fields } from "../fields.js";
import type { ReadAlias, ReadVersion } from "./read-alias.js";
import type { ReadFunction } from "./read-function.js";
import type { ReadUrl } from "./read-function-url.js";
import type { ReadLayer } from "./read-layer.js";
import type { ReadPermission } from "./read-permission.js";
import { reportTwice } from "./report-twice.js";

export interface FunctionParts {
  readonly functions: ReadFunction[];
  readonly aliases: ReadAlias[];
  readonly versions: ReadVersion[];
  readonly urls: ReadUrl[];
  readonly permissions: ReadPermission[];
  readonly layers: ReadLayer[];
}

export function assembleFunctions(
  parts: FunctionParts,
  roles: readonly Role[],
  { report }: { readonly report: Report },
): FunctionDefinition[] {
  const names = parts.functions.map(({ definition }) => definition.name);
  reportTwice(names, "resources have the FunctionName", report);
  reportTwice(
    parts.layers.map(({ arn }) => arn),
    "layers have the ARN",
    report,
  );
  reportStrays(parts, names);
  const reserved = parts.functions.reduce(
    (sum, { definition }) => sum + (definition.reservedConcurrency ?? 0),
    0,
  );
  if (reserved > reservable)
    report(
      "Resources",
      `the functions reserve ${reserved} of a concurrency of which AWS lets ${reservable} be reserved`,
    );
  return parts.functions.map((read) => {
    const { definition } = read;
    const alias = aliasOf(definition.name, parts);
    const [url, secondUrl] = parts.urls.filter(({ functionName }) => functionName === definition.name);
    secondUrl?.fields.fault("TargetFunctionArn", `a second URL of ${definition.name} ${unsupported}`);
    if (url?.url.qualifier !== undefined && url.url.qualifier !== alias)
      url.fields.fault("TargetFunctionArn", `${definition.name} has no alias ${url.url.qualifier}`);
    const permissions = permissionsOf(definition.name, alias, parts);
    return {
      ...definition,
      ...(alias === undefined ? {} : { alias }),
      ...(pointsAtLatest(definition.name, parts) ? { aliasVersion: "$LATEST" } : {}),
      ...(url === undefined ? {} : { url: url.url }),
      ...(permissions.length === 0 ? {} : { permissions }),
      ...executionRole(read, roles),
      ...layerFolders(read, parts.layers),
    };
  });
}

/** An account's 1,000 but the 100 that stay unreserved; what other stacks reserve is not known here. */
const reservable = 900;

function reportStrays(parts: FunctionParts, names: readonly string[]): void {
  const check = (functionName: string, fields: Fields, property: string): void => {
    // The empty name has its fault already.
    if (functionName === "" || names.includes(functionName)) return;
    fields.fault(property, `${functionName} is not a function of this template`);
  };
  for (const { functionName, fields } of [...parts.aliases, ...parts.versions, ...parts.permissions])
    check(functionName, fields, "FunctionName");
  for (const { functionName, fields } of parts.urls) check(functionName, fields, "TargetFunctionArn");
}

function aliasOf(name: string, { aliases, versions }: FunctionParts): string | undefined {
  const [alias, second] = aliases.filter(({ functionName }) => functionName === name);
  const [version, secondVersion] = versions.filter(({ functionName }) => functionName === name);
  second?.fields.fault("Name", `a second alias of ${name} ${unsupported}`);
  // Lambda publishes no second version of code that has not changed.
  secondVersion?.fields.fault("FunctionName", `a second version of ${name} ${unsupported}`);
  const known = ["$LATEST", ...(version === undefined ? [] : ["1"]), ""];
  if (alias !== undefined && !known.includes(alias.version))
    alias.fields.fault("FunctionVersion", `${alias.version} is not a version that this template publishes`);
  return alias?.alias;
}

const pointsAtLatest = (name: string, { aliases }: FunctionParts): boolean =>
  aliases.some(({ functionName, version }) => functionName === name && version === "$LATEST");

function permissionsOf(
  name: string,
  alias: string | undefined,
  { permissions }: FunctionParts,
): FunctionPermissions[] {
  const own = permissions.filter(({ functionName }) => functionName === name);
  const byQualifier = new Map<string | undefined, PolicyStatement[]>();
  for (const { qualifier, statement, fields } of own) {
    if (qualifier !== undefined && qualifier !== alias)
      fields.fault("FunctionName", `${name} has no alias ${qualifier}`);
    byQualifier.set(qualifier, [...(byQualifier.get(qualifier) ?? []), statement]);
  }
  return [...byQualifier].map(([qualifier, statements]) => ({
    ...(qualifier === undefined ? {} : { qualifier }),
    document: { statements },
  }));
}

/** Lambda makes no function on a role that it cannot assume. */
function executionRole(
  { roleArn, path, report }: ReadFunction,
  roles: readonly Role[],
): Pick<FunctionDefinition, "executionRoleArn"> {
  const role = roles.find(({ arn }) => arn === roleArn);
  if (roleArn !== "" && role === undefined)
    report(`${path}.Role`, `${roleArn} is not a role of this template`);
  const trustsLambda = role?.trustPolicy.statements.some(
    ({ effect, principals, actions }) =>
      effect === "Allow" &&
      principals?.service.includes("lambda.amazonaws.com") === true &&
      actions.some((action) => /^(sts:)?(\*|AssumeRole)$/i.test(action)),
  );
  if (trustsLambda === false) report(`${path}.Role`, `${roleArn} does not trust lambda.amazonaws.com`);
  return { executionRoleArn: roleArn };
}

function layerFolders(
  { layerArns, path, report }: ReadFunction,
  layers: readonly ReadLayer[],
): Pick<FunctionDefinition, "layers"> {
  const folders = layerArns.map((arn, at) => {
    const layer = layers.find((one) => one.arn === arn);
    if (layer === undefined) report(`${path}.Layers[${at}]`, `${arn} is not a layer of this template`);
    return layer?.folder ?? "";
  });
  return folders.length === 0 ? {} : { layers: folders };
}
