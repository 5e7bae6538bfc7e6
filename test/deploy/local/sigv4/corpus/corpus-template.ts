// The stack of the corpus: one function with a URL, the role that lends, and a role for each row that needs one.
import { functionName, liveArn, roleArn } from "./corpus-names.js";
import { apiRoles, corpusApi } from "./api.rows.js";
import { full, permissionRoles } from "./permission.rows.js";

const document = (Statement: readonly object[]): object => ({ Version: "2012-10-17", Statement });
const lender = { AWS: { "Fn::GetAtt": ["Lender", "Arn"] } };
const trusting = (Action: string | readonly string[], more: object = {}): object =>
  document([{ Effect: "Allow", Principal: lender, Action, ...more }]);
const everything = ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"];

interface RoleOptions {
  readonly trust?: object;
  readonly statements?: readonly object[];
}

const role = (
  name: string,
  { trust = trusting(everything), statements = full }: RoleOptions = {},
): object => ({
  Type: "AWS::IAM::Role",
  Properties: {
    RoleName: name,
    MaxSessionDuration: 3600,
    AssumeRolePolicyDocument: trust,
    Policies: [{ PolicyName: "calls", PolicyDocument: document(statements) }],
  },
});

const lenderRole = role("lender", {
  trust: document([
    { Effect: "Allow", Principal: { Service: "ecs-tasks.amazonaws.com" }, Action: "sts:AssumeRole" },
  ]),
  statements: [
    { Effect: "Allow", Action: everything, Resource: "*" },
    { Effect: "Deny", Action: "sts:AssumeRole", Resource: roleArn("unlent") },
  ],
});

const roles: Readonly<Record<string, object>> = {
  Lender: lenderRole,
  Caller: role("caller"),
  Other: role("other"),
  Unlent: role("unlent"),
  Untagged: role("untagged", { trust: trusting("sts:AssumeRole") }),
  Distrustful: role("distrustful", {
    trust: document([
      { Effect: "Allow", Principal: { AWS: { "Fn::GetAtt": ["Caller", "Arn"] } }, Action: everything },
    ]),
  }),
  External: role("external", {
    trust: trusting("sts:AssumeRole", { Condition: { StringEquals: { "sts:ExternalId": "acme" } } }),
  }),
  OfAcme: role("of-acme", {
    trust: trusting(["sts:AssumeRole", "sts:TagSession"], {
      Condition: { StringEquals: { "aws:RequestTag/tenant": "acme" } },
    }),
  }),
  Direct: role("direct", {
    statements: [{ Effect: "Allow", Action: "lambda:InvokeFunction", Resource: liveArn }],
  }),
  ...Object.fromEntries(
    [...permissionRoles, ...apiRoles].map(({ name, statements }) => [
      name.replaceAll("-", ""),
      role(name, { statements }),
    ]),
  ),
};

export const corpusTemplate = {
  AWSTemplateFormatVersion: "2010-09-09",
  Transform: "AWS::Serverless-2016-10-31",
  Resources: {
    Reports: {
      Type: "AWS::Serverless::Function",
      Metadata: {
        BuildMethod: "esbuild",
        BuildProperties: {
          EntryPoints: ["handler.ts"],
          Format: "esm",
          OutExtension: [".js=.mjs"],
          Target: "es2022",
        },
      },
      Properties: {
        FunctionName: functionName,
        Runtime: "nodejs24.x",
        CodeUri: "./",
        Handler: "handler.handler",
        AutoPublishAlias: "live",
        FunctionUrlConfig: { AuthType: "AWS_IAM" },
      },
    },
    Api: corpusApi,
    ...roles,
  },
};
