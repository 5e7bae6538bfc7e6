import {
  actionsGiven,
  callerContext,
  lookUp,
  principalContext,
  type Context,
} from "../../../../deploy/local/aws/iam/context.js";
import type { Principal } from "../../../../deploy/local/aws/model.js";
import { accountId, now, roleArn, sampleCaller, sampleRole } from "./sample-caller.js";

const caller = sampleCaller({
  role: sampleRole("r", { tags: { Team: "red", floor: "3" } }),
  tags: { team: "blue" },
  sourceIdentity: "alice",
  federatedProvider: "arn:aws:iam::123456789012:oidc-provider/login.example.com",
});

test("a session's request carries who it is, since when, and by whom it was vouched for", () => {
  expect(callerContext(caller, "eu-west-1", now + 1500)).toEqual({
    "aws:currenttime": "2026-11-21T12:00:01.500Z",
    "aws:epochtime": "1795262401",
    "aws:federatedprovider": "arn:aws:iam::123456789012:oidc-provider/login.example.com",
    "aws:principalaccount": accountId,
    "aws:principalarn": roleArn("r"),
    "aws:principalisawsservice": "false",
    "aws:principaltag/floor": "3",
    "aws:principaltag/team": "blue",
    "aws:principaltype": "AssumedRole",
    "aws:requestedregion": "eu-west-1",
    "aws:securetransport": "true",
    "aws:sourceidentity": "alice",
    "aws:tokenissuetime": "2026-11-21T12:00:00.000Z",
    "aws:userid": `${caller.role.roleId}:alice`,
    "aws:viaawsservice": "false",
  });
});

test("a session without source identity, provider and tags has no such keys", () => {
  const keys = Object.keys(callerContext(sampleCaller(), "eu-west-1", now));
  expect(keys.filter((key) => /tag|identity|federated/.test(key))).toEqual([]);
});

test.each<[Principal, Context]>([
  [
    { kind: "session", caller },
    { "aws:principaltype": "AssumedRole", "aws:principalisawsservice": "false" },
  ],
  [{ kind: "anonymous" }, { "aws:principaltype": "Anonymous", "aws:principalaccount": "anonymous" }],
  [
    { kind: "service", name: "s3.amazonaws.com" },
    { "aws:principalisawsservice": "true", "aws:principalservicename": "s3.amazonaws.com" },
  ],
  [{ kind: "federated", providerArn: "x" }, { "aws:principalisawsservice": "false" }],
])("what a request carries depends on who makes it: %#", (principal, expected) => {
  const context = principalContext(principal, "eu-west-1", now);
  expect(context).toMatchObject({ ...expected, "aws:requestedregion": "eu-west-1" });
  expect(Object.hasOwn(context, "aws:principalarn")).toBe(principal.kind === "session");
});

const claims = { "login.example.com/x:sub": "alice", "login.example.com/x:aud": "app" };

test.each<[string, string, Context, string]>([
  ["sts:AssumeRole", "aws:PrincipalTag/team", { "aws:principaltag/team": "x" }, "one"],
  ["sts:AssumeRole", "aws:TagKeys", { "aws:tagkeys": ["a"] }, "many"],
  ["sts:AssumeRole", "sts:ExternalId", {}, "absent"],
  ["sts:TagSession", "sts:ExternalId", {}, "unknown"],
  ["sts:SetSourceIdentity", "aws:TagKeys", {}, "unknown"],
  ["sts:AssumeRoleWithWebIdentity", "sts:ExternalId", {}, "unknown"],
  ["sts:AssumeRoleWithWebIdentity", "sts:RoleSessionName", {}, "absent"],
  ["sts:AssumeRoleWithWebIdentity", "aws:FederatedProvider", {}, "unknown"],
  ["sts:AssumeRoleWithWebIdentity", "aws:PrincipalAccount", {}, "unknown"],
  ["sts:AssumeRoleWithWebIdentity", "aws:PrincipalTag/team", {}, "unknown"],
  ["sts:AssumeRoleWithWebIdentity", "aws:userid", {}, "unknown"],
  ["sts:AssumeRoleWithWebIdentity", "aws:CurrentTime", {}, "absent"],
  ["sts:AssumeRole", "aws:FederatedProvider", {}, "absent"],
  ["sts:AssumeRoleWithWebIdentity", "login.example.com/X:sub", claims, "one"],
  ["sts:AssumeRoleWithWebIdentity", "login.example.com/x:amr", claims, "absent"],
  ["sts:AssumeRoleWithWebIdentity", "login.example.com/x:tenant", claims, "unknown"],
  ["sts:AssumeRoleWithWebIdentity", "login.example.com:amr", claims, "unknown"],
  ["sts:AssumeRoleWithWebIdentity", "login.example.com/x:amr", {}, "unknown"],
  ["sts:GetCallerIdentity", "aws:PrincipalArn", {}, "absent"],
  ["lambda:InvokeFunctionUrl", "lambda:InvokedViaFunctionUrl", {}, "absent"],
  ["lambda:InvokeFunction", "lambda:FunctionUrlAuthType", {}, "absent"],
  ["lambda:InvokeFunction", "lambda:EventSourceToken", {}, "absent"],
  ["lambda:InvokeFunction", "lambda:Principal", {}, "unknown"],
  ["lambda:InvokeFunction", "lambda:FunctionArn", {}, "unknown"],
  ["execute-api:Invoke", "aws:SourceIp", {}, "absent"],
  ["s3:GetObject", "aws:SourceIp", {}, "unknown"],
  ["s3:GetObject", "aws:SourceIp", { "aws:sourceip": "::1" }, "one"],
  ["s3:GetObject", "aws:SourceArn", {}, "absent"],
  ["s3:GetObject", "aws:PrincipalTag/", {}, "unknown"],
  ["s3:GetObject", "aws:PrincipalOrgID", {}, "unknown"],
  ["s3:GetObject", "aws:MultiFactorAuthPresent", {}, "unknown"],
  ["s3:GetObject", "constructor", {}, "unknown"],
])("for %s the key %s of %j is %s", (action, key, context, kind) => {
  expect(lookUp(context, action, key).kind).toBe(kind);
});

test("a key's owner is known, whatever the case; a global key has none", () => {
  expect(actionsGiven("LAMBDA:functionurlauthtype")).toEqual(["lambda:InvokeFunctionUrl"]);
  expect(actionsGiven("sts:RoleSessionName")).toEqual(["sts:AssumeRole", "sts:AssumeRoleWithWebIdentity"]);
  expect(actionsGiven("aws:userid")).toEqual([]);
});
