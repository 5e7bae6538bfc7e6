// Whether a rule's session may call a route's target, where two policies, several accounts or a condition decide it.
import { accept, refuse } from "../../server/core/result.js";
import { examine } from "../../server/doctor/examine.js";
import type { Facts, Look, Unseen } from "../../server/doctor/facts.js";
import type { PolicyStatement } from "../../server/doctor/policy-statements.js";
import type { Scope } from "../../server/doctor/scope.js";
import {
  functionArn,
  invokeStatements,
  roleArn,
  smallScope,
  statements,
  wellFacts,
  wellFunction,
} from "./facts.js";

const accountId = "123456789012";
const otherId = "210987654321";
const theirs = functionArn.replace(accountId, otherId);
const unread = refuse<Unseen>({ kind: "denied", needs: "x:Y", sentence: "no" });

const roleMay = (...given: readonly object[]): Pick<Facts, "rolePolicies"> => ({
  rolePolicies: new Map([[roleArn, accept(statements(...given))]]),
});
const unreadRolePolicies = { rolePolicies: new Map([[roleArn, unread]]) };
const functionSays = (policy: Look<readonly PolicyStatement[]>): Pick<Facts, "functions"> => {
  const seen = { ...wellFunction, policy };
  return {
    functions: new Map([
      [functionArn, seen],
      [theirs, seen],
    ]),
  };
};
const functionAllows = (...given: readonly object[]) => functionSays(accept(statements(...given)));

const here = smallScope();
const elsewhere = smallScope({
  route: { target: { functionUrl: "https://abc.lambda-url.eu-west-1.on.aws/", functionArn: theirs } },
});
const found = (bent: Partial<Facts>, scope: Scope = here) => examine(scope, wellFacts(bent)).findings;
const idsOf = (bent: Partial<Facts>, scope?: Scope) =>
  found(bent, scope).map(({ id, severity }) => `${severity} ${id}`);

const error = ["error lambda_permission_missing"];
const warning = ["warning lambda_permission_missing"];
const every = { Effect: "Allow", Action: "lambda:*", Resource: "*" };
const letsIn = (Principal: unknown, more: object = {}) => ({ ...every, Principal, ...more });
const ofOrganization = { Condition: { StringEquals: { "aws:PrincipalOrgID": "o-a1b2c3d4e5" } } };
const byTls = { Condition: { Bool: { "aws:SecureTransport": "false" } } };
const none = roleMay();
const mayAll = roleMay(every);

describe("the function's own policy", () => {
  test.each<[string, Partial<Facts>, Scope, readonly string[]]>([
    ["lets everybody in", { ...none, ...functionAllows(letsIn("*")) }, here, []],
    ["lets every AWS principal in", { ...none, ...functionAllows(letsIn({ AWS: "*" })) }, here, []],
    ["lets the account choose", { ...none, ...functionAllows(letsIn({ AWS: accountId })) }, here, error],
    ["denies the account", functionAllows(letsIn({ AWS: accountId }, { Effect: "Deny" })), here, error],
    [
      "lets everybody of an organization in: who knows",
      { ...none, ...functionAllows(letsIn("*", ofOrganization)) },
      here,
      warning,
    ],
    [
      "of another account lets everybody of an organization in: who knows",
      { ...mayAll, ...functionAllows(letsIn("*", ofOrganization)) },
      elsewhere,
      [],
    ],
    ["of another account lets everybody in", { ...mayAll, ...functionAllows(letsIn("*")) }, elsewhere, []],
    [
      "of another account lets everybody in, and the role has nothing",
      { ...none, ...functionAllows(letsIn("*")) },
      elsewhere,
      error,
    ],
    [
      "lets everybody in but under a condition: who knows",
      { ...none, ...functionAllows(letsIn("*"), letsIn("*", { Effect: "Deny", ...byTls })) },
      here,
      warning,
    ],
    [
      "lets everybody in, and denies all but some: who knows",
      {
        ...none,
        ...functionAllows(letsIn("*"), { ...every, Effect: "Deny", NotPrincipal: { AWS: roleArn } }),
      },
      here,
      warning,
    ],
    [
      "denies all but some another action",
      {
        ...none,
        ...functionAllows(letsIn("*"), {
          ...{ Effect: "Deny", NotPrincipal: { AWS: roleArn } },
          ...{ Action: "lambda:DeleteFunction", Resource: "*" },
        }),
      },
      here,
      [],
    ],
    [
      "of another account says nothing, and the role's policies are unread",
      { ...unreadRolePolicies, ...functionAllows() },
      elsewhere,
      error,
    ],
    [
      "of another account lets the role in, whose policies are unread",
      { ...unreadRolePolicies, ...functionAllows(letsIn({ AWS: roleArn })) },
      elsewhere,
      [],
    ],
  ])("%s", (_title, bent, scope, ids) => {
    expect(idsOf(bent, scope)).toEqual(ids);
  });

  test("of another account is what is missing where the role may call every function, alias or none", () => {
    const [finding] = found({ ...mayAll, ...functionAllows() }, elsewhere);
    expect(finding).toMatchObject({
      id: "lambda_permission_missing",
      problem: expect.stringMatching(/its own policy does not name the role$/) as string,
      paste: { into: "Resources of the function's template" },
    });
  });
});

describe("a stage whose account the configuration leaves open", () => {
  const scope = smallScope({
    route: { target: { executeApi: "https://abc123.execute-api.eu-west-1.amazonaws.com/prod" } },
  });
  const may = (arn: string, more: object = {}) => ({
    ...{ Effect: "Allow", Action: "execute-api:Invoke", Resource: `arn:aws:execute-api:${arn}` },
    ...more,
  });
  // The API's own policy, which is never read, may allow it.
  const lacking = ["warning execute_api_permission_missing"];
  test.each<[string, readonly object[], readonly string[]]>([
    ["by the role's own account", [may(`eu-west-1:${accountId}:abc123/*`)], []],
    ["by the role's own account and the stage", [may(`eu-west-1:${accountId}:abc123/prod/*`)], []],
    ["by another account: it may be that one's", [may(`eu-west-1:${otherId}:abc123/*`)], []],
    ["by any account", [may("eu-west-1:*:abc123/*")], []],
    ["by everything", [{ ...may(""), Resource: "*" }], []],
    ["by another API", [may(`eu-west-1:${accountId}:abc124/*`)], lacking],
    ["by another Region", [may(`eu-west-2:${accountId}:abc123/*`)], lacking],
    ["by another stage", [may(`eu-west-1:${accountId}:abc123/test/*`)], lacking],
    ["by nothing", [], lacking],
    [
      "and denied in the only account that is named",
      [may(`eu-west-1:${accountId}:abc123/*`), may(`eu-west-1:${accountId}:abc123/*`, { Effect: "Deny" })],
      ["error execute_api_permission_missing"],
    ],
  ])("is covered %s", (_title, given, ids) => {
    expect(idsOf(roleMay(...given), scope)).toEqual(ids);
  });

  test("is pasted with any account", () => {
    const [finding] = found(roleMay(), scope);
    const { Resource } = JSON.parse(finding?.paste?.text ?? "") as { Resource: readonly string[] };
    expect(Resource).toContain("arn:aws:execute-api:eu-west-1:*:abc123/prod/GET/f");
  });
});

describe("a condition on a key of function URLs", () => {
  const [url, invoke] = invokeStatements;
  const forUrl = (Condition: object) => roleMay({ ...url, Condition }, { ...invoke });
  const authType = "lambda:FunctionUrlAuthType";
  test.each<[string, object, readonly string[]]>([
    ["StringLike *", { StringLike: { [authType]: "*" } }, []],
    ["StringLike AWS_*", { StringLike: { [authType]: "AWS_*" } }, []],
    ["StringLike ?WS_IAM", { StringLike: { [authType]: ["x", "?WS_IAM"] } }, []],
    ["StringLike N*", { StringLike: { [authType]: "N*" } }, error],
    ["StringLike a variable: who knows", { StringLike: { [authType]: "${aws:PrincipalTag/auth}" } }, []],
    ["StringEquals", { StringEquals: { [authType]: "AWS_IAM" } }, []],
    ["StringEquals *, which is no wildcard", { StringEquals: { [authType]: "*" } }, error],
    ["StringNotEquals: who knows", { StringNotEquals: { [authType]: "NONE" } }, []],
  ])("%s", (_title, condition, ids) => {
    expect(idsOf(forUrl(condition))).toEqual(ids);
  });

  test("is named where it is the one that does not hold, and not the one before it", () => {
    const [finding] = found(
      forUrl({ StringEquals: { "aws:PrincipalTag/team": "x", [authType]: "NONE" }, Bool: {} }),
    );
    expect(finding?.problem).toContain(`asks for ${authType}, which`);
  });
});
