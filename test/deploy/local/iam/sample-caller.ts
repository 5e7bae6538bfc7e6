// A role and a session of it, for the tests of the twin's IAM, SigV4 and STS.
import { parsePolicy } from "../../../../deploy/local/aws/iam/parse-policy.js";
import type { PolicyKind } from "../../../../deploy/local/aws/iam/parse-policy.js";
import type { Caller, PolicyDocument, Role, Template } from "../../../../deploy/local/aws/model.js";

export const now = Date.parse("2026-11-21T12:00:00Z");
export const accountId = "123456789012";
export const roleArn = (name: string): string => `arn:aws:iam::${accountId}:role/${name}`;

export interface StatementJson {
  readonly Effect?: "Allow" | "Deny";
  readonly Action?: string | readonly string[];
  readonly [element: string]: unknown;
}

export const policyJson = (...statements: readonly StatementJson[]): object => ({
  Version: "2012-10-17",
  Statement: statements.map((statement) => ({ Effect: "Allow", ...statement })),
});

export function policy(kind: PolicyKind, ...statements: readonly StatementJson[]): PolicyDocument {
  const parsed = parsePolicy(policyJson(...statements), kind);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.denial));
  return parsed.value;
}

/** A template of these roles and nothing else. */
export const templateOf = (...roles: readonly Role[]): Template => ({
  accountId,
  region: "eu-west-1",
  stackName: "s",
  roles,
  functions: [],
  managedPolicies: [],
  oidcProviders: [],
  notices: [],
});

export const sampleRole = (name: string, changes: Partial<Role> = {}): Role => ({
  name,
  arn: roleArn(name),
  roleId: "AROAEXAMPLEEXAMPLE123",
  trustPolicy: { statements: [] },
  policies: [],
  maxSessionDurationSeconds: 3600,
  ...changes,
});

export function sampleCaller(changes: Partial<Caller> = {}): Caller {
  const role = changes.role ?? sampleRole("analyst");
  return {
    accessKeyId: "ASIAEXAMPLEEXAMPLE12",
    secretAccessKey: "secret",
    sessionToken: "token",
    issuedAt: now,
    expiration: now + 3_600_000,
    accountId,
    role,
    arn: `arn:aws:sts::${accountId}:assumed-role/${role.name}/alice`,
    userId: `${role.roleId}:alice`,
    tags: {},
    transitiveTagKeys: [],
    ...changes,
  };
}

export const silent = (): void => undefined;

/** Jest's matcher, typed so that it may stand in an expected object. */
export const textMatching = (pattern: RegExp): unknown => expect.stringMatching(pattern);
