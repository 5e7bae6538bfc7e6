// Policy and PolicyArns of an assumed role: what the session may at most do. Their statements add up.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html#policies_session
import { parsePolicyText } from "../iam/parse-policy.js";
import type { ManagedPolicy, Outcome, PolicyDocument } from "../model.js";
import { checkMember, type Report } from "../query-protocol/check-member.js";
import { constraints } from "./constraints.js";
import type { ParameterReader } from "../query-protocol/query-request.js";
import { malformedPolicy, refused, validationError } from "./refusals.js";

export interface PassedPolicies {
  readonly text?: string;
  readonly arns: readonly string[];
}

export interface SessionPolicy extends PassedPolicies {
  readonly document: PolicyDocument;
}

const maxArns = 10;
/** Of both together. STS counts the ARNs of managed policies, not what stands in them. */
const maxPlaintext = 2048;

export function readPassedPolicies(parameters: ParameterReader, report: Report): PassedPolicies {
  const text = parameters.take("Policy");
  if (text !== undefined) checkMember(text, "policy", constraints.Policy, report);
  const arns = parameters.members("PolicyArns", ".arn").map((n) => {
    const arn = parameters.take(`PolicyArns.member.${n}.arn`) ?? "";
    checkMember(arn, `policyArns.${n}.member.arn`, constraints.PolicyArn, report);
    return arn;
  });
  if (arns.length > maxArns) report(`policyArns has more than ${maxArns} members`);
  if (new Set(arns).size !== arns.length) report("policyArns has the same ARN twice");
  const characters = arns.reduce((sum, arn) => sum + arn.length, text?.length ?? 0);
  if (arns.length > 0 && characters > maxPlaintext) {
    report(`policy and policyArns have ${characters} characters together, more than ${maxPlaintext}`);
  }
  return { ...(text === undefined ? {} : { text }), arns };
}

/** `undefined`: nothing was passed, and the role's own policies alone decide. */
export function findSessionPolicy(
  { text, arns }: PassedPolicies,
  managedPolicies: readonly ManagedPolicy[],
): Outcome<SessionPolicy | undefined> {
  if (text === undefined && arns.length === 0) return { ok: true, value: undefined };
  const statements = [];
  for (const arn of arns) {
    const managed = managedPolicies.find((policy) => policy.arn === arn);
    if (managed === undefined) return refused(validationError(whyUnknown(arn)));
    statements.push(...managed.document.statements);
  }
  const inline = text === undefined ? undefined : parse(text);
  if (inline?.ok === false) return inline;
  const document = { statements: [...statements, ...(inline?.value.statements ?? [])] };
  return { ok: true, value: { ...(text === undefined ? {} : { text }), arns, document } };
}

const whyUnknown = (arn: string): string =>
  arn.startsWith("arn:aws:iam::aws:policy/")
    ? `${arn} is a managed policy of AWS's own, which the local twin does not have.`
    : `${arn} is not a managed policy of the template.`;

function parse(text: string): Outcome<PolicyDocument> {
  const parsed = parsePolicyText(text, "session");
  if (parsed.ok) return { ok: true, value: parsed.value };
  const faults = parsed.denial.map(({ path, message }) => (path === "" ? message : `${path} ${message}`));
  return refused(malformedPolicy(`Syntax errors in policy: ${faults.join("; ")}`));
}
