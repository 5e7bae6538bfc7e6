// Facts of a small deployment that is well, for tests to bend: one rule, one route, one issuer.
import { generateKeyPairSync } from "node:crypto";
import { loadConfiguration } from "../../server/config/load.js";
import { accept } from "../../server/core/result.js";
import type { Facts, FunctionFacts, RoleFacts, UrlConfig } from "../../server/doctor/facts.js";
import { identityOf } from "../../server/doctor/identity.js";
import { readPolicyDocument, type PolicyStatement } from "../../server/doctor/policy-statements.js";
import { scopeOf, type Scope } from "../../server/doctor/scope.js";
import { accepted } from "../fixtures/outcome.js";

export const functionArn = "arn:aws:lambda:eu-west-1:123456789012:function:f:live";
export const roleArn = "arn:aws:iam::123456789012:role/caller";
export const gatewayArn = "arn:aws:sts::123456789012:assumed-role/gateway/task";

export const statements = (...given: readonly object[]): readonly PolicyStatement[] =>
  readPolicyDocument(JSON.stringify({ Version: "2012-10-17", Statement: given }), "inline") ?? [];

export const invokeStatements = [
  {
    Effect: "Allow",
    Action: "lambda:InvokeFunctionUrl",
    Resource: functionArn,
    Condition: { StringEquals: { "lambda:FunctionUrlAuthType": "AWS_IAM" } },
  },
  {
    Effect: "Allow",
    Action: "lambda:InvokeFunction",
    Resource: functionArn,
    Condition: { Bool: { "lambda:InvokedViaFunctionUrl": "true" } },
  },
];

/** What the configuration says beside the least, and `roles` in place of its one. */
export interface Given {
  readonly role?: object;
  readonly roles?: readonly object[];
  readonly route?: object;
  readonly authorizers?: readonly object[];
}

export function smallScope(given: Given = {}): Scope {
  const document = {
    issuers: [{ name: "main", issuer: "https://login.example.com/", audience: ["a"] }],
    roles: given.roles ?? [{ name: "caller", when: "true", roleArn, ...given.role }],
    ...(given.authorizers && { authorizers: given.authorizers }),
    routes: [
      {
        route: "ANY /f",
        name: "f",
        target: { functionUrl: "https://abc.lambda-url.eu-west-1.on.aws/", functionArn },
        ...given.route,
      },
    ],
    sts: { region: "eu-west-1" },
  };
  const settings = loadConfiguration({ env: {}, readFile: () => JSON.stringify(document) });
  const ownTimeouts = new Set(given.route && "timeout" in given.route ? [0] : []);
  return scopeOf(accepted(settings), { ownTimeouts });
}

const trusted = statements({
  Effect: "Allow",
  Principal: { AWS: "arn:aws:iam::123456789012:role/gateway" },
  Action: ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"],
});
const { publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });

export const wellRole: RoleFacts = { trust: trusted, maxSessionSeconds: 3600, hasBoundary: false };

export const wellUrl: UrlConfig = {
  url: "https://abc.lambda-url.eu-west-1.on.aws/",
  authType: "AWS_IAM",
  invokeMode: "RESPONSE_STREAM",
  hasCors: false,
};

export const wellFunction: FunctionFacts = {
  url: accept(wellUrl),
  timeoutSeconds: accept(900),
  reserved: accept(undefined),
  policy: accept([]),
};

export const wellFacts = (bent: Partial<Facts> = {}): Facts => ({
  gateway: identityOf(gatewayArn),
  readerIsGateway: false,
  clock: { ours: 0, theirs: 0, tookMs: 0 },
  ownPolicies: accept(statements({ Effect: "Allow", Action: "sts:*", Resource: roleArn })),
  roles: new Map([[roleArn, accept(wellRole)]]),
  rolePolicies: new Map([[roleArn, accept(statements(...invokeStatements))]]),
  probes: new Map(),
  dryRuns: new Map(),
  functions: new Map([[functionArn, wellFunction]]),
  issuers: new Map([["main", { outcome: "keys", keys: [{ key: publicKey }] }]]),
  ...bent,
});
