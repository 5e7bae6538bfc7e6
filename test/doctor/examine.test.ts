// What a doctor makes of facts, where the twin cannot show them: other accounts, users with keys, load balancers, Fly.io.
import { generateKeyPairSync } from "node:crypto";
import { accept, refuse } from "../../server/core/result.js";
import { readFly } from "../../server/doctor/check-surroundings.js";
import { examine } from "../../server/doctor/examine.js";
import type { Facts, Unseen } from "../../server/doctor/facts.js";
import { identityOf } from "../../server/doctor/identity.js";
import {
  functionArn,
  gatewayArn,
  invokeStatements,
  roleArn,
  smallScope,
  statements,
  wellFacts,
  wellFunction,
  wellRole,
} from "./facts.js";

const idsOf = (bent: Partial<Facts>, scope = smallScope()): readonly string[] =>
  examine(scope, wellFacts(bent)).findings.map(({ id, severity }) => `${severity} ${id}`);

const denied = (needs: string) => refuse<Unseen>({ kind: "denied", needs, sentence: "no" });
const user = identityOf("arn:aws:iam::123456789012:user/ci");
const withTrust = (...trust: readonly object[]) => ({
  roles: new Map([[roleArn, accept({ ...wellRole, trust: statements(...trust) })]]),
});
const withRolePolicies = (...given: readonly object[]) => ({
  rolePolicies: new Map([[roleArn, accept(statements(...given))]]),
});

test("of what is well it says nothing", () => {
  const report = examine(smallScope(), wellFacts());
  expect(report).toMatchObject({ gateway: gatewayArn, findings: [], blind: [] });
});

describe("a trust policy as it reads, where nobody probed", () => {
  const all = ["sts:AssumeRole", "sts:SetSourceIdentity"];
  test.each([
    ["the account's root", { AWS: "arn:aws:iam::123456789012:root" }, []],
    ["the account's number", { AWS: "123456789012" }, []],
    ["everybody", "*", []],
    ["the session's own ARN", { AWS: gatewayArn }, []],
    ["the role with its path", { AWS: "arn:aws:iam::123456789012:role/apps/gateway" }, []],
    ["the same role of another account", { AWS: "arn:aws:iam::210987654321:role/gateway" }, all],
    ["a role whose name only begins so", { AWS: "arn:aws:iam::123456789012:role/gateway2" }, all],
    ["a user of that name", { AWS: "arn:aws:iam::123456789012:user/gateway" }, all],
    ["a service", { Service: "ecs-tasks.amazonaws.com" }, all],
  ])("with %s", (_title, Principal, missing) => {
    const trust = withTrust({ Effect: "Allow", Principal, Action: "sts:*" });
    const found = examine(smallScope(), wellFacts(trust)).findings.map(
      ({ problem }) => problem.split(" ")[0],
    );
    expect(found).toEqual(missing);
  });

  test("a rule without tags and source identity needs AssumeRole alone", () => {
    const one = withTrust({ Effect: "Allow", Principal: "*", Action: "sts:AssumeRole" });
    expect(idsOf(one, smallScope({ role: { sourceIdentity: null } }))).toEqual([]);
    expect(idsOf(one)).toEqual(["error set_source_identity_denied"]);
  });

  test("what STS answered counts more than what a policy seems to say", () => {
    const probes = new Map([["caller", { outcome: "ok" } as const]]);
    expect(idsOf({ ...withTrust(), probes })).toEqual([]);
  });

  test("within its account a role that is named needs no policy of its own, but for the source identity", () => {
    const none = { ownPolicies: accept([]) };
    expect(idsOf(none, smallScope({ role: { sourceIdentity: null } }))).toEqual([]);
    expect(idsOf(none)).toEqual(["error set_source_identity_denied"]);
  });

  test("what one side allows is missing on the other, though that one could not be read", () => {
    const probes = new Map([
      ["caller", { outcome: "denied", actions: ["sts:AssumeRole"], message: "m" } as const],
    ]);
    const roles = new Map([[roleArn, denied("iam:GetRole")]]);
    const [finding] = examine(smallScope(), wellFacts({ probes, roles })).findings;
    expect(finding?.problem).toMatch(/is not allowed by the trust policy of caller$/);
  });
});

test.each([
  [user, 3600, "1h", []],
  [user, 3600, "2h", ["error duration_above_maximum"]],
  [user, 7200, "2h", []],
  [identityOf(gatewayArn), 7200, "2h", ["warning duration_cut_by_chaining"]],
])("%j, at most %d s, asked for %s", (gateway, maxSessionSeconds, duration, found) => {
  const probes = new Map([["caller", { outcome: "ok" } as const]]);
  const roles = new Map([[roleArn, accept({ ...wellRole, maxSessionSeconds })]]);
  expect(idsOf({ gateway, probes, roles }, smallScope({ role: { duration } }))).toEqual(found);
});

test("a role that is not there is the one finding about it", () => {
  const absent = refuse<Unseen>({ kind: "absent", needs: "", sentence: "" });
  const gone = { roles: new Map([[roleArn, absent]]), ...withRolePolicies() };
  expect(idsOf(gone)).toEqual(["error role_unknown"]);
});

describe("the permission to call", () => {
  const [url, invoke] = invokeStatements;
  const every = { Effect: "Allow", Action: "lambda:*", Resource: "*" };
  const missing = ["error lambda_permission_missing"];
  test.each([
    ["a wildcard for both", [every], []],
    ["neither", [], missing],
    [
      "a Deny beside it",
      [every, { Effect: "Deny", Action: "lambda:Invoke*", Resource: functionArn }],
      missing,
    ],
    [
      "a Deny under a condition: who knows",
      [
        every,
        {
          Effect: "Deny",
          Action: "*",
          Resource: "*",
          Condition: { Bool: { "aws:SecureTransport": "false" } },
        },
      ],
      [],
    ],
    [
      "a condition of somebody's own: who knows",
      [{ ...every, Condition: { StringEquals: { "aws:PrincipalTag/t": "x" } } }],
      [],
    ],
    ["NotAction: who knows", [{ Effect: "Allow", NotAction: "iam:*", Resource: "*" }], []],
    [
      "a URL that must be public",
      [invoke, { ...url, Condition: { StringEquals: { "lambda:FunctionUrlAuthType": "NONE" } } }],
      missing,
    ],
    ["another function", [{ ...every, Resource: `${functionArn}2` }], missing],
    [
      "the function without its alias",
      [{ ...every, Resource: functionArn.replace(":live", "") }],
      ["error lambda_permission_unqualified"],
    ],
  ])("%s", (_title, given, found) => {
    expect(idsOf(withRolePolicies(...(given as object[])))).toEqual(found);
  });

  test("the function's own policy is enough within an account, and may be where it could not be read", () => {
    const own = statements({
      Effect: "Allow",
      Principal: { AWS: roleArn },
      Action: "lambda:*",
      Resource: functionArn,
    });
    const withPolicy = (policy: Facts["ownPolicies"]) => ({
      ...withRolePolicies(),
      functions: new Map([[functionArn, { ...wellFunction, policy }]]),
    });
    expect(idsOf(withPolicy(accept(own)))).toEqual([]);
    // A Deny of the role's goes before it.
    const deny = withRolePolicies({ Effect: "Deny", Action: "lambda:*", Resource: "*" });
    expect(idsOf({ ...withPolicy(accept(own)), ...deny })).toEqual(missing);
    expect(idsOf(withPolicy(denied("lambda:GetPolicy")))).toEqual(["warning lambda_permission_missing"]);
  });

  test("the Invoke API has no URL: a statement for calls by way of one does not hold", () => {
    const scope = smallScope({ route: { target: { invoke: functionArn } } });
    expect(idsOf(withRolePolicies(...invokeStatements), scope)).toEqual(missing);
    expect(idsOf(withRolePolicies(every), scope)).toEqual([]);
  });
});

test.each([
  [30_999, "30s", []],
  [32_001, "30s", ["warning clock_skew"]],
  [-32_001, "30s", ["warning clock_skew"]],
  [301_001, "30s", ["error clock_skew"]],
])("a clock that is %d ms off", (ours, _tolerance, found) => {
  expect(idsOf({ clock: { ours, theirs: 0, tookMs: 0 } })).toEqual(found);
});

test("a slow answer is no wrong clock", () => {
  expect(idsOf({ clock: { ours: 33_000, theirs: 0, tookMs: 5_000 } })).toEqual([]);
});

test("a weak key is named, and serves nobody alone", () => {
  const { publicKey: weak } = generateKeyPairSync("rsa", { modulusLength: 1024 });
  const { publicKey: good } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const keys = (...given: (typeof weak)[]) => ({
    issuers: new Map([["main", { outcome: "keys", keys: given.map((key) => ({ key })) } as const]]),
  });
  expect(idsOf(keys(good, weak))).toEqual(["warning issuer_key_weak"]);
  expect(idsOf(keys(weak))).toEqual(["error issuer_keys_unusable"]);
});

test.each([
  [901, 900, []],
  [900, 900, ["error alb_idle_timeout"]],
  [4000, 899, ["warning alb_deregistration_delay"]],
])(
  "a load balancer with %d s idle and %d s of deregistration",
  (idleSeconds, deregistrationSeconds, found) => {
    const loadBalancer = accept({ idleSeconds, targetGroups: [{ name: "g", deregistrationSeconds }] });
    expect(idsOf({ loadBalancer })).toEqual(found);
  },
);

test.each([
  ["kill_timeout = 300\n[http_service.http_options]\nidle_timeout = 960 # s\n", []],
  ['kill_timeout = "5m"\nidle_timeout = 901', []],
  ['kill_timeout = "299s"\nidle_timeout = 901', ["warning fly_kill_timeout"]],
  ["kill_timeout = 300\nidle_timeout = 900", ["warning fly_idle_timeout"]],
  ["# kill_timeout = 300\napp = 'x'", ["warning fly_kill_timeout", "warning fly_idle_timeout"]],
])("fly.toml with %j", (toml, found) => {
  expect(idsOf({ fly: readFly("fly.toml", toml) })).toEqual(found);
});

test("what could not be seen is told once, with the permission that it needs, and is no finding", () => {
  const look = denied("lambda:GetFunctionUrlConfig on f");
  const report = examine(
    smallScope(),
    wellFacts({
      functions: new Map([[functionArn, { ...wellFunction, url: look, timeoutSeconds: look }]]),
      roles: new Map([[roleArn, denied("iam:GetRole on r")]]),
    }),
  );
  expect(report.findings).toEqual([]);
  expect(report.blind).toEqual([
    { where: ["roles[0] caller"], sentence: "could not see: needs iam:GetRole on r" },
    { where: ["routes[0] f"], sentence: "could not see: needs lambda:GetFunctionUrlConfig on f" },
  ]);
});
