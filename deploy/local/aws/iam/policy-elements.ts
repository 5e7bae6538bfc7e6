// The elements of a policy statement, read one by one; what is wrong with them is reported, each with its place.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html
import type { PolicyStatement } from "../model.js";
import { isOperator } from "./operators.js";
import { awsPrincipal } from "./principals.js";

/**
 * identity: attached to a role, or its boundary. session: passed to AssumeRole. trust: who may assume a role.
 * resource: a function's policy.
 */
export type PolicyKind = "identity" | "session" | "trust" | "resource";

export type Report = (path: string, message: string) => void;
type Members = Readonly<Record<string, unknown>>;
type Principals = NonNullable<PolicyStatement["principals"]>;

const trustActions = [
  "sts:AssumeRole",
  "sts:AssumeRoleWithSAML",
  "sts:AssumeRoleWithWebIdentity",
  "sts:TagSession",
  "sts:SetSourceIdentity",
];
const actionName = /^(\*|[A-Za-z0-9-]+:[A-Za-z0-9*?]+)$/;
// IAM takes ARNs of the account's own partition only.
const resourceArn = /^arn:aws:[a-z0-9-]+:[^:]*:[^:]*:.+$/;
const federated = /^([a-z0-9-]+(\.[a-z0-9-]+)+|arn:aws:iam::\d{12}:(oidc|saml)-provider\/[^\s*?$]+)$/;
// What a Deny with NotPrincipal does to a session hangs on its ARN, its role's and its account's all being listed, and
// to a role with a boundary it denies everything: AWS itself advises aws:PrincipalArn instead.
const notImplemented: Readonly<Record<string, string>> = {
  NotPrincipal: "is not supported by the local twin: use a condition on aws:PrincipalArn",
};

export function readActions(value: unknown, path: string, kind: PolicyKind, report: Report): string[] {
  const actions = readList(value, path, report);
  const isTrust = (action: string): boolean =>
    trustActions.some((name) => name.toLowerCase() === action.toLowerCase());
  for (const action of actions) {
    if (!actionName.test(action))
      report(path, `${quote(action)} is not an action such as lambda:InvokeFunction`);
    else if (kind === "trust" && !isTrust(action)) {
      report(path, `${quote(action)} is not an action of a trust policy: ${trustActions.join(", ")}`);
    }
  }
  return actions;
}

export function readResources(value: unknown, path: string, report: Report): string[] {
  const resources = readList(value, path, report);
  for (const resource of resources) {
    if (resource !== "*" && !resourceArn.test(resource))
      report(path, `${quote(resource)} is neither an ARN nor "*"`);
    else if (resource.split(":").slice(0, 5).join(":").includes("${")) {
      report(path, `${quote(resource)} has a policy variable before its fifth colon`);
    }
  }
  return resources;
}

export function readPrincipals(value: unknown, path: string, report: Report): Principals {
  if (value === "*") return { aws: ["*"], service: [], federated: [] };
  const members = readObject(value, path, ["AWS", "Service", "Federated"], report) ?? {};
  if (Object.keys(members).length === 0) report(path, "must name a principal");
  const read = (name: string, pattern: RegExp): string[] => {
    const names = members[name] === undefined ? [] : readList(members[name], `${path}.${name}`, report);
    for (const one of names)
      if (!pattern.test(one)) report(`${path}.${name}`, `${quote(one)} is not a principal`);
    return names;
  };
  return {
    aws: read("AWS", awsPrincipal),
    service: read("Service", /^[a-z0-9.-]+\.amazonaws\.com$/),
    federated: read("Federated", federated),
  };
}

export function readConditions(value: unknown, path: string, report: Report): PolicyStatement["conditions"] {
  if (value === undefined) return [];
  return Object.entries(readObject(value, path, undefined, report) ?? {}).flatMap(([operator, block]) => {
    const where = `${path}.${operator}`;
    if (!isOperator(operator)) report(where, "is not a condition operator");
    const members = readObject(block, where, undefined, report);
    const keys = Object.entries(members ?? {});
    if (members !== undefined && keys.length === 0) report(where, "must not be empty");
    if (new Set(keys.map(([key]) => key.toLowerCase())).size !== keys.length)
      report(where, "has the same key twice");
    return keys.map(([key, values]) => {
      if (!/^[^:]+:.+$/.test(key)) report(`${where}.${key}`, "is not a condition key");
      return { operator, key, values: readList(values, `${where}.${key}`, report, true) };
    });
  });
}

/** One or many non-empty strings. Condition values may also be JSON's numbers and booleans. */
function readList(value: unknown, path: string, report: Report, scalars = false): string[] {
  const list: unknown[] = Array.isArray(value) ? value : [value];
  if (list.length === 0) report(path, "must not be empty");
  return list.flatMap((item) => {
    if (typeof item === "string" && (item !== "" || scalars)) return [item];
    if (scalars && (typeof item === "number" || typeof item === "boolean")) return [String(item)];
    report(path, "must be a string or a list of strings");
    return [];
  });
}

export function readObject(
  value: unknown,
  path: string,
  known: readonly string[] | undefined,
  report: Report,
): Members | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    report(path, "must be an object");
    return undefined;
  }
  for (const name of known === undefined ? [] : Object.keys(value).filter((key) => !known.includes(key))) {
    const why = notImplemented[name] ?? "is not an element of this policy";
    report(path === "" ? name : `${path}.${name}`, why);
  }
  return value as Members;
}

const quote = (value: string): string => JSON.stringify(value);
