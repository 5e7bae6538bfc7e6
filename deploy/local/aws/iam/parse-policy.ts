// IAM's policy JSON -> PolicyDocument. Refuses every element the twin does not implement, by name.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
import { parseDocument } from "yaml";
import { accept, refuse, type Result } from "../../../../server/core/result.js";
import type { PolicyDocument, PolicyStatement } from "../model.js";

/** identity: attached to a role. session: passed to AssumeRole. trust: who may assume a role. */
export type PolicyKind = "identity" | "session" | "trust";

export interface PolicyFault {
  readonly path: string;
  readonly message: string;
}

type Report = (path: string, message: string) => void;
type Members = Readonly<Record<string, unknown>>;

const trustActions = new Set([
  "sts:AssumeRole",
  "sts:AssumeRoleWithSAML",
  "sts:AssumeRoleWithWebIdentity",
  "sts:TagSession",
  "sts:SetSourceIdentity",
]);
const actionName = /^(\*|[a-z0-9-]+:[A-Za-z0-9*?]+)$/;
const resourceArn = /^arn:(aws|aws-cn|aws-us-gov):[a-z0-9-]+:[^:]*:[^:]*:.+$/;
const principalArn = /^(\*|\d{12}|arn:aws:(iam|sts)::\d{12}:[^*?]+)$/;
const notImplemented = new Set(["NotAction", "NotResource", "NotPrincipal"]);

/** A policy as text: what AssumeRole takes. */
export function parsePolicyText(
  text: string,
  kind: PolicyKind,
): Result<PolicyDocument, readonly PolicyFault[]> {
  try {
    const document: unknown = JSON.parse(text);
    // JSON.parse keeps the last of two equal keys, and AWS may keep the other: twice is refused.
    const [error] = parseDocument(text, { uniqueKeys: true }).errors;
    return error === undefined ? parsePolicy(document, kind) : refuse([{ path: "", message: error.message }]);
  } catch {
    return refuse([{ path: "", message: "is not JSON" }]);
  }
}

export function parsePolicy(
  document: unknown,
  kind: PolicyKind,
): Result<PolicyDocument, readonly PolicyFault[]> {
  const faults: PolicyFault[] = [];
  const report: Report = (path, message) => void faults.push({ path, message });
  const statements = readStatements(document, kind, report);
  return faults.length > 0 ? refuse(faults) : accept({ statements });
}

function readStatements(document: unknown, kind: PolicyKind, report: Report): PolicyStatement[] {
  const members = readObject(document, "", ["Version", "Id", "Statement"], report);
  if (members === undefined) return [];
  if (members.Version !== "2012-10-17") report("Version", 'must be "2012-10-17"');
  const list = Array.isArray(members.Statement) ? (members.Statement as unknown[]) : [members.Statement];
  if (list.length === 0) report("Statement", "must not be empty");
  const statements = list.map((item, index) => readStatement(item, `Statement[${index}]`, kind, report));
  const sids = statements.flatMap(({ sid }) => (sid === undefined || sid === "" ? [] : [sid]));
  if (new Set(sids).size !== sids.length) report("Statement", "has the same Sid twice");
  return statements;
}

function readStatement(value: unknown, path: string, kind: PolicyKind, report: Report): PolicyStatement {
  const bearer = kind === "trust" ? "Principal" : "Resource";
  const known = ["Sid", "Effect", "Action", bearer, "Condition"];
  const members = readObject(value, path, known, report) ?? {};
  const { Sid: sid, Effect: effect } = members;
  if (effect !== "Allow" && effect !== "Deny") report(`${path}.Effect`, 'must be "Allow" or "Deny"');
  if (sid !== undefined && (typeof sid !== "string" || !/^[A-Za-z0-9]*$/.test(sid))) {
    report(`${path}.Sid`, "must be letters and digits");
  }
  return {
    ...(typeof sid === "string" ? { sid } : {}),
    effect: effect === "Allow" ? "Allow" : "Deny",
    actions: readActions(members.Action, `${path}.Action`, kind, report),
    conditions: readConditions(members.Condition, `${path}.Condition`, report),
    ...(kind === "trust"
      ? { resources: [], principals: readPrincipals(members.Principal, `${path}.Principal`, report) }
      : { resources: readResources(members.Resource, `${path}.Resource`, report) }),
  };
}

function readActions(value: unknown, path: string, kind: PolicyKind, report: Report): string[] {
  const actions = readList(value, path, report);
  for (const action of actions) {
    if (!actionName.test(action))
      report(path, `${quote(action)} is not an action such as lambda:InvokeFunction`);
    else if (kind === "trust" && !trustActions.has(action)) {
      report(path, `${quote(action)} is not an action of a trust policy: ${[...trustActions].join(", ")}`);
    }
  }
  return actions;
}

function readResources(value: unknown, path: string, report: Report): string[] {
  const resources = readList(value, path, report);
  for (const resource of resources) {
    if (resource !== "*" && !resourceArn.test(resource))
      report(path, `${quote(resource)} is neither an ARN nor "*"`);
  }
  return resources;
}

function readPrincipals(
  value: unknown,
  path: string,
  report: Report,
): NonNullable<PolicyStatement["principals"]> {
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
    aws: read("AWS", principalArn),
    service: read("Service", /^[a-z0-9.-]+\.amazonaws\.com$/),
    federated: read("Federated", /^[^*?]+$/),
  };
}

function readConditions(value: unknown, path: string, report: Report): PolicyStatement["conditions"] {
  if (value === undefined) return [];
  return Object.entries(readObject(value, path, undefined, report) ?? {}).flatMap(([operator, block]) => {
    const where = `${path}.${operator}`;
    const keys = Object.entries(readObject(block, where, undefined, report) ?? {});
    if (new Set(keys.map(([key]) => key.toLowerCase())).size !== keys.length)
      report(where, "has the same key twice");
    return keys.map(([key, values]) => {
      if (!/^[A-Za-z0-9-]+:.+$/.test(key)) report(`${where}.${key}`, "is not a condition key");
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

function readObject(
  value: unknown,
  path: string,
  known: string[] | undefined,
  report: Report,
): Members | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    report(path, "must be an object");
    return undefined;
  }
  for (const name of known === undefined ? [] : Object.keys(value).filter((key) => !known.includes(key))) {
    const why = notImplemented.has(name)
      ? "is not supported by the local twin"
      : "is not an element of this policy";
    report(path === "" ? name : `${path}.${name}`, why);
  }
  return value as Members;
}

const quote = (value: string): string => JSON.stringify(value);
