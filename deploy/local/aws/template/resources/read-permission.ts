// AWS::Lambda::Permission -> one statement of a function's resource policy.
// https://docs.aws.amazon.com/lambda/latest/api/API_AddPermission.html
import { awsPrincipal } from "../../iam/principals.js";
import type { PolicyStatement } from "../../model.js";
import type { Fields } from "../fields.js";
import { functionArn, qualifiedArn, readFunctionReference } from "./function-reference.js";
import type { StackSettings } from "./resource-names.js";

export interface ReadPermission {
  readonly logicalId: string;
  readonly functionName: string;
  readonly qualifier?: string;
  readonly statement: PolicyStatement;
  readonly fields: Fields;
}

export function readPermission(fields: Fields, logicalId: string, stack: StackSettings): ReadPermission {
  const { name, qualifier } = readFunctionReference(fields, "FunctionName", stack);
  if (qualifier !== undefined && /^(\d+|\$LATEST)$/.test(qualifier))
    fields.fault("FunctionName", `${qualifier}: a permission is for a function or an alias here`);
  const statement: PolicyStatement = {
    sid: logicalId,
    effect: "Allow",
    principals: readPrincipal(fields),
    actions: [fields.text("Action", /^(lambda:\*|lambda:[A-Za-z]+|\*)$/)],
    resources: [qualifiedArn(functionArn(name, stack), qualifier)],
    conditions: readConditions(fields),
  };
  checkUrlConditions(fields, statement);
  fields.end();
  const qualified = qualifier === undefined ? {} : { qualifier };
  return { logicalId, functionName: name, ...qualified, statement, fields };
}

function readPrincipal(fields: Fields): NonNullable<PolicyStatement["principals"]> {
  const principal = fields.scalar("Principal", /^.{1,256}$/);
  // Lambda writes an account as its root.
  const name = /^\d{12}$/.test(principal) ? `arn:aws:iam::${principal}:root` : principal;
  if (awsPrincipal.test(name)) return { aws: [name], service: [], federated: [] };
  if (!/^[a-z0-9.-]+\.amazonaws\.com$/.test(principal) && principal !== "")
    fields.fault("Principal", `${JSON.stringify(principal)} is no service, account, ARN or "*"`);
  return { aws: [], service: [principal], federated: [] };
}

/** What each property stands for in the policy that Lambda writes. */
const conditionsOf = [
  ["SourceArn", "ArnLike", "aws:SourceArn", /^arn:aws:[A-Za-z0-9-]+:[a-z0-9-]*:(\d{12})?:.{1,900}$/],
  ["SourceAccount", "StringEquals", "aws:SourceAccount", /^\d{12}$/],
  ["PrincipalOrgID", "StringEquals", "aws:PrincipalOrgID", /^o-[a-z0-9]{10,32}$/],
  ["EventSourceToken", "StringEquals", "lambda:EventSourceToken", /^[A-Za-z0-9._-]{1,256}$/],
  ["FunctionUrlAuthType", "StringEquals", "lambda:FunctionUrlAuthType", /^(AWS_IAM|NONE)$/],
  ["InvokedViaFunctionUrl", "Bool", "lambda:InvokedViaFunctionUrl", /^true$/],
] as const;

const readConditions = (fields: Fields): PolicyStatement["conditions"] =>
  conditionsOf
    .filter(([property]) => fields.has(property))
    .map(([property, operator, key, pattern]) => ({
      ...{ operator, key },
      values: [fields.scalar(property, pattern)],
    }));

/** Each of the two actions of a function URL has a key of its own, and Lambda takes no key with the other action. */
function checkUrlConditions(fields: Fields, { actions: [action], principals }: PolicyStatement): void {
  const keys = [
    ["FunctionUrlAuthType", "lambda:InvokeFunctionUrl"],
    ["InvokedViaFunctionUrl", "lambda:InvokeFunction"],
  ] as const;
  for (const [key, of] of keys)
    if (fields.has(key) && action !== of) fields.fault(key, `is for ${of} only, not for ${action ?? ""}`);
  const isPublic = principals?.aws.includes("*") === true;
  if (isPublic && action === "lambda:InvokeFunctionUrl" && !fields.has("FunctionUrlAuthType"))
    fields.fault("FunctionUrlAuthType", "is missing: everybody may call a URL only of a named AuthType");
}
