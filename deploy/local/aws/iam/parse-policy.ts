// IAM's policy JSON -> PolicyDocument. Refuses every element the twin does not implement, by name.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
// Whether actions and condition keys exist is catalog.ts's to say.
import { parseDocument } from "yaml";
import { accept, refuse, type Result } from "../../../../server/core/result.js";
import type { PolicyDocument, PolicyStatement } from "../model.js";
import {
  readActions,
  readConditions,
  readObject,
  readPrincipals,
  readResources,
  type PolicyKind,
  type Report,
} from "./policy-elements.js";

export type { PolicyKind } from "./policy-elements.js";

export interface PolicyFault {
  readonly path: string;
  readonly message: string;
}

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

const current = "2012-10-17";
const old = "2008-10-17";

function readStatements(document: unknown, kind: PolicyKind, report: Report): PolicyStatement[] {
  const members = readObject(document, "", ["Version", "Id", "Statement"], report);
  if (members === undefined) return [];
  // Left out, IAM takes 2008-10-17, which is seldom what was meant.
  if (members.Version !== current && members.Version !== old)
    report("Version", `must be "${current}" (or "${old}", which has no policy variables)`);
  if (members.Id !== undefined && typeof members.Id !== "string") report("Id", "must be a string");
  const list = Array.isArray(members.Statement) ? (members.Statement as unknown[]) : [members.Statement];
  if (list.length === 0) report("Statement", "must not be empty");
  const statements = list.map((item, index) => readStatement(item, `Statement[${index}]`, kind, report));
  const sids = statements.flatMap(({ sid }) => (sid === undefined || sid === "" ? [] : [sid]));
  if (new Set(sids).size !== sids.length) report("Statement", "has the same Sid twice");
  return members.Version === old ? statements.map(withoutVariables) : statements;
}

/** `${...}` is plain text: the dollar sign stands for itself. */
const withoutVariables = (statement: PolicyStatement): PolicyStatement => ({
  ...statement,
  resources: statement.resources.map(asPlainText),
  conditions: statement.conditions.map((one) => ({ ...one, values: one.values.map(asPlainText) })),
});

const asPlainText = (text: string): string => text.replaceAll("${", "${$}{");

const elements: Readonly<Record<PolicyKind, readonly string[]>> = {
  identity: ["Resource", "NotResource"],
  session: ["Resource", "NotResource"],
  trust: ["Principal"],
  resource: ["Principal", "Resource", "NotResource"],
};

function readStatement(value: unknown, path: string, kind: PolicyKind, report: Report): PolicyStatement {
  const known = ["Sid", "Effect", "Action", "NotAction", ...elements[kind], "Condition"];
  const members = readObject(value, path, known, report) ?? {};
  const { Sid: sid, Effect: effect } = members;
  if (effect !== "Allow" && effect !== "Deny") report(`${path}.Effect`, 'must be "Allow" or "Deny"');
  // Lambda makes a Sid of the StatementId of a permission, which has its own alphabet.
  const sidText = kind === "resource" ? /^[\w-]*$/ : /^[A-Za-z0-9]*$/;
  if (sid !== undefined && (typeof sid !== "string" || !sidText.test(sid)))
    report(`${path}.Sid`, "must be letters and digits");
  const action = eitherOf("Action", members, path, report);
  const resource = eitherOf("Resource", members, path, report);
  // What an Allow leaves open here is every other action of STS; whether IAM takes that is not documented.
  if (kind === "trust" && action === "NotAction" && effect === "Allow")
    report(`${path}.NotAction`, "is for a Deny only in a trust policy: an Allow names its actions");
  return {
    ...(typeof sid === "string" ? { sid } : {}),
    effect: effect === "Allow" ? "Allow" : "Deny",
    actions: readActions(members[action], `${path}.${action}`, kind, report),
    ...(action === "NotAction" ? { exceptActions: true } : {}),
    conditions: readConditions(members.Condition, `${path}.Condition`, report),
    resources: kind === "trust" ? [] : readResources(members[resource], `${path}.${resource}`, report),
    ...(resource === "NotResource" && kind !== "trust" ? { exceptResources: true } : {}),
    ...(elements[kind].includes("Principal")
      ? { principals: readPrincipals(members.Principal, `${path}.Principal`, report) }
      : {}),
  };
}

/** An element or its Not form, never both. */
function eitherOf<Name extends "Action" | "Resource">(
  name: Name,
  members: Readonly<Record<string, unknown>>,
  path: string,
  report: Report,
): Name | `Not${Name}` {
  const except: `Not${Name}` = `Not${name}`;
  if (members[except] === undefined) return name;
  if (members[name] !== undefined) report(path, `has both ${name} and ${except}`);
  return except;
}
