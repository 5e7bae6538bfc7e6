import { join } from "node:path";
import type { Caller, Outcome, PolicyDocument, Role } from "../../../../deploy/local/aws/model.js";
import { createSessions } from "../../../../deploy/local/aws/sessions.js";
import { assumeRole } from "../../../../deploy/local/aws/sts/assume-role.js";
import type { AssumeRoleInput } from "../../../../deploy/local/aws/sts/assume-role-input.js";
import type { AssumedRole } from "../../../../deploy/local/aws/sts/mint-session.js";
import { loadTemplate } from "../../../../deploy/local/aws/template/load-template.js";
import { now, policy, policyJson, roleArn, sampleCaller, templateOf } from "../iam/sample-caller.js";
import { analystRole, gatewayRole, trusted } from "./local-sts.js";

const account = { accountId: "123456789012", region: "eu-west-1", stackName: "grantway" };
const plain: AssumeRoleInput = {
  roleArn: roleArn("analyst"),
  roleSessionName: "alice",
  durationSeconds: 3600,
  minimumTokenBytes: 0,
  tags: [],
  transitiveTagKeys: [],
};
const full: AssumeRoleInput = { ...plain, sourceIdentity: "alice", tags: [{ key: "tenant", value: "acme" }] };

let lines: string[] = [];
function assume(
  input: AssumeRoleInput,
  {
    analyst = analystRole(),
    gateway = gatewayRole(),
    caller = {},
  }: { analyst?: Role; gateway?: Role; caller?: Partial<Caller> } = {},
): Outcome<AssumedRole> {
  lines = [];
  const clock = (): number => now;
  const settings = {
    template: templateOf(gateway, analyst),
    sessions: createSessions({ clock }),
    clock,
    warn: (line: string) => void lines.push(line),
  };
  return assumeRole(sampleCaller({ role: gateway, ...caller }), input, settings);
}
const refusal = (outcome: Outcome<AssumedRole>): string =>
  outcome.ok ? "accepted" : `${outcome.error.type}: ${outcome.error.message}`;
const denied = (action: string): string =>
  `AccessDenied: User: arn:aws:sts::123456789012:assumed-role/gateway/alice is not authorized to perform: ${action} on resource: ${roleArn("analyst")}`;

const only = (...Action: string[]): Role => gatewayRole({ Action, Resource: roleArn("analyst") });
const trusts = (...Action: string[]): Role => analystRole(trusted({ Action }));
const [assuming, tagging, naming] = ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"] as const;

test.each<[string, AssumeRoleInput, { gateway?: Role; analyst?: Role }, string]>([
  ["everything allowed", full, {}, "accepted"],
  ["only sts:AssumeRole needed", plain, { gateway: only(assuming), analyst: trusts(assuming) }, "accepted"],
  ["the caller may not assume", plain, { gateway: only(tagging) }, denied(assuming)],
  ["the caller may not tag", full, { gateway: only(assuming, naming) }, denied(tagging)],
  ["the caller may not set a source identity", full, { gateway: only(assuming, tagging) }, denied(naming)],
  ["the role trusts nobody to assume", plain, { analyst: trusts(tagging) }, denied(assuming)],
  ["the role trusts nobody to tag", full, { analyst: trusts(assuming, naming) }, denied(tagging)],
  [
    "the role trusts nobody to set a source identity",
    full,
    { analyst: trusts(assuming, tagging) },
    denied(naming),
  ],
  [
    "the caller may assume another role",
    plain,
    { gateway: gatewayRole({ Action: "sts:*", Resource: roleArn("other") }) },
    denied(assuming),
  ],
])("%s", (_title, input, roles, expected) => {
  expect(refusal(assume(input, roles))).toBe(expected);
  expect(lines.length > 0).toBe(expected !== "accepted");
});

test("a session policy of the caller narrows what it may assume", () => {
  const sessionPolicy: PolicyDocument = policy("session", { Action: "lambda:*", Resource: "*" });
  expect(refusal(assume(plain, { caller: { sessionPolicy } }))).toBe(denied(assuming));
});

const when = (Condition: object, Action: string = assuming): Role[] => [
  analystRole(
    trusted({ Action, Condition }),
    trusted({ Action: [assuming, tagging, naming].filter((a) => a !== Action) }),
  ),
];
const like = (key: string, value: string): object => ({ StringLike: { [key]: value } });

test.each<[string, Role[], Partial<AssumeRoleInput>, boolean]>([
  ["the session name", when(like("sts:RoleSessionName", "al*")), {}, true],
  ["another session name", when(like("sts:RoleSessionName", "bob")), {}, false],
  ["the external id", when(like("sts:ExternalId", "x1")), { externalId: "x1" }, true],
  ["another external id", when(like("sts:ExternalId", "x1")), { externalId: "x2" }, false],
  ["an external id that is not passed", when(like("sts:ExternalId", "x1")), {}, false],
  ["the source identity", when(like("sts:SourceIdentity", "alice")), {}, true],
  ["the source identity, for its own action", when(like("sts:SourceIdentity", "alice"), naming), {}, true],
  [
    "the source identity, for tagging: not given to it",
    when(like("sts:SourceIdentity", "alice"), tagging),
    {},
    false,
  ],
  ["a tag", when(like("aws:RequestTag/tenant", "acme")), {}, true],
  ["a tag, for tagging", when(like("aws:RequestTag/Tenant", "acme"), tagging), {}, true],
  [
    "a tag, for the source identity: not given to it",
    when(like("aws:RequestTag/tenant", "acme"), naming),
    {},
    false,
  ],
  ["another tag", when(like("aws:RequestTag/tenant", "globex")), {}, false],
  ["the tag keys", when({ "ForAllValues:StringEquals": { "aws:TagKeys": ["tenant"] } }), {}, true],
  ["fewer tag keys", when({ "ForAllValues:StringEquals": { "aws:TagKeys": ["team"] } }), {}, false],
  [
    "transitive keys",
    when({ "ForAnyValue:StringEquals": { "sts:TransitiveTagKeys": "tenant" } }),
    { transitiveTagKeys: ["tenant"] },
    true,
  ],
  [
    "transitive keys that are none",
    when({ "ForAnyValue:StringEquals": { "sts:TransitiveTagKeys": "tenant" } }),
    {},
    false,
  ],
  ["the caller's role", when({ ArnLike: { "aws:PrincipalArn": roleArn("gate*") } }), {}, true],
  [
    "a key of another service",
    when({ StringNotEquals: { "lambda:FunctionUrlAuthType": "NONE" } }),
    {},
    false,
  ],
])("a trust policy's condition on %s", (_title, [analyst], changes, allowed) => {
  const outcome = assume({ ...full, ...changes }, analyst === undefined ? {} : { analyst });
  expect(outcome.ok).toBe(allowed);
});

test("one statement for all three actions with a condition that fits only one refuses, as AWS does", () => {
  const analyst = analystRole(trusted({ Condition: like("sts:SourceIdentity", "?*") }));
  expect(refusal(assume(full, { analyst }))).toBe(denied(tagging));
  expect(lines.join()).toContain("sts:SourceIdentity is not known to the local twin for sts:TagSession");
});

test.each<[string, { sourceIdentity?: undefined; tags?: AssumeRoleInput["tags"] }, string]>([
  ["as it should be", {}, "accepted"],
  ["without a source identity", { sourceIdentity: undefined }, "AccessDenied"],
  ["without the tenant", { tags: [] }, "AccessDenied"],
  ["with an empty tenant", { tags: [{ key: "tenant", value: "" }] }, "AccessDenied"],
  ["with one more tag", { tags: [...full.tags, { key: "team", value: "x" }] }, "AccessDenied"],
])("the stock template's gateway lends its analyst %s", async (_title, changes, expected) => {
  const template = await loadTemplate(join(__dirname, "../../../../deploy/aws/functions.yaml"), account);
  const [analyst, gateway] = ["grantway-analyst", "grantway-gateway"].map((name) =>
    template.roles.find((role) => role.name === name),
  ) as [Role, Role];
  const { sourceIdentity, ...rest } = { ...full, ...changes, roleArn: analyst.arn };
  const input = sourceIdentity === undefined ? rest : { ...rest, sourceIdentity };
  expect(refusal(assume(input, { analyst, gateway })).split(":")[0]).toBe(expected);
});

test.each([
  [3600, "accepted"],
  [
    3601,
    "ValidationError: The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.",
  ],
  [
    7200,
    "ValidationError: The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.",
  ],
  [7201, "ValidationError: The requested DurationSeconds exceeds the MaxSessionDuration set for this role."],
])("%i seconds: %s", (durationSeconds, expected) => {
  expect(refusal(assume({ ...plain, durationSeconds }))).toBe(expected);
});

test.each([
  [3600, true],
  [3601, false],
])("a web identity's own session lends for %i seconds: %s, whatever the role's maximum", (seconds, lent) => {
  const analyst = { ...analystRole(), maxSessionDurationSeconds: 43_200 };
  const caller = { federatedProvider: "arn:aws:iam::123456789012:oidc-provider/login.example.com" };
  expect(assume({ ...plain, durationSeconds: seconds }, { analyst, caller }).ok).toBe(lent);
});

describe("a session of a session", () => {
  const caller: Partial<Caller> = {
    sourceIdentity: "alice",
    tags: { Tenant: "acme", team: "red" },
    transitiveTagKeys: ["Tenant"],
  };

  test("keeps the source identity and the transitive tags, and only those", () => {
    const outcome = assume({ ...plain, tags: [{ key: "team", value: "blue" }] }, { caller });
    expect(outcome).toMatchObject({
      value: {
        session: {
          sourceIdentity: "alice",
          tags: { Tenant: "acme", team: "blue" },
          transitiveTagKeys: ["Tenant"],
        },
      },
    });
    expect(assume(plain, { caller })).toMatchObject({ value: { session: { tags: { Tenant: "acme" } } } });
  });

  test("cannot be given another source identity, nor an inherited tag again", () => {
    expect(refusal(assume({ ...plain, sourceIdentity: "bob" }, { caller }))).toContain(
      "source identity of this session is set",
    );
    const tags = [{ key: "tenant", value: "globex" }];
    expect(refusal(assume({ ...plain, tags }, { caller }))).toContain("The tag Tenant is inherited");
  });

  test("needs both permissions even when nothing is passed", () => {
    expect(refusal(assume(plain, { caller, gateway: only(assuming, naming) }))).toBe(denied(tagging));
    expect(refusal(assume(plain, { caller, gateway: only(assuming, tagging) }))).toBe(denied(naming));
  });

  test("must satisfy tag conditions both with and without the inherited tags", () => {
    const keys = (...values: string[]): object => ({
      "ForAllValues:StringEquals": { "aws:TagKeys": values },
    });
    const input = { ...plain, tags: [{ key: "team", value: "blue" }] };
    expect(
      assume(input, {
        caller,
        analyst: analystRole(
          trusted({ Action: [assuming, tagging], Condition: keys("team") }),
          trusted({ Action: naming }),
        ),
      }).ok,
    ).toBe(false);
    expect(
      assume(input, {
        caller,
        analyst: analystRole(
          trusted({ Action: [assuming, tagging], Condition: keys("team", "Tenant") }),
          trusted({ Action: naming }),
        ),
      }).ok,
    ).toBe(true);
  });

  test.each<[string, object, boolean]>([
    ["wants it in the request", like("sts:SourceIdentity", "alice"), false],
    ["refuses another in the request", { StringLikeIfExists: { "sts:SourceIdentity": "alice" } }, true],
    ["refuses it in the request", { StringNotLike: { "sts:SourceIdentity": "alice" } }, false],
    ["wants it in the caller's session", like("aws:SourceIdentity", "alice"), true],
  ])("where a trust policy %s, the inherited source identity", (_title, condition, allowed) => {
    for (const action of [assuming, naming]) {
      const [analyst] = when(condition, action) as [Role];
      expect(assume(plain, { caller, analyst }).ok).toBe(allowed);
    }
  });

  test("has at most 50 tags in all", () => {
    const tags = (count: number) => Array.from({ length: count }, (_, i) => ({ key: `k${i}`, value: "" }));
    expect(assume({ ...plain, tags: tags(49) }, { caller }).ok).toBe(true);
    expect(refusal(assume({ ...plain, tags: tags(50) }, { caller }))).toContain("more than 50 tags");
  });
});

test("policy and tags together must fit", () => {
  const filled = (bytes: number): AssumeRoleInput => {
    const json = policyJson({ Action: "s3:GetObject", Resource: "*", Sid: "x" });
    const text = JSON.stringify(json).replace(
      '"x"',
      `"${"x".repeat(bytes - JSON.stringify(json).length + 1)}"`,
    );
    return { ...plain, policy: { text, arns: [], document: { statements: [] } } };
  };
  expect(assume(filled(2048))).toMatchObject({ value: { packedPolicySize: 100 } });
  expect(assume({ ...plain, policy: { arns: [roleArn("x")], document: { statements: [] } } })).toMatchObject({
    value: { packedPolicySize: 2 },
  });
  expect(refusal(assume({ ...filled(2048), tags: [{ key: "k", value: "" }] }))).toBe(
    "PackedPolicyTooLarge: Packed policy consumes 101% of allotted space, please use smaller policy.",
  );
});

test.each([
  ["a user", "arn:aws:iam::123456789012:user/alice"],
  ["a session", "arn:aws:sts::123456789012:assumed-role/analyst/alice"],
  ["a role without a name", "arn:aws:iam::123456789012:role/"],
  ["no ARN", "a".repeat(20)],
])("refuses the ARN of %s by its form", (_title, roleArn) => {
  expect(refusal(assume({ ...plain, roleArn }))).toBe(`ValidationError: ${roleArn} is invalid`);
});

test("a role's path stands in its ARN and not in its session's", () => {
  const arn = "arn:aws:iam::123456789012:role/team/red/analyst";
  const analyst = { ...analystRole(), arn };
  expect(refusal(assume(plain, { analyst }))).toContain("AccessDenied");
  expect(assume({ ...plain, roleArn: arn }, { analyst })).toMatchObject({
    value: { session: { arn: "arn:aws:sts::123456789012:assumed-role/analyst/alice", role: { arn } } },
  });
});

test.each([
  [{ serialNumber: "GAHT12345678", tokenCode: "123456" }, "unable to validate MFA code"],
  [{ serialNumber: "GAHT12345678" }, "must provide both MFA serial number and one time pass code"],
  [{ tokenCode: "123456" }, "must provide both MFA serial number and one time pass code"],
])("nobody here has an MFA device: %j", (mfa, message) => {
  expect(refusal(assume({ ...plain, ...mfa }))).toBe(
    `AccessDenied: MultiFactorAuthentication failed, ${message}${message.startsWith("unable") ? ".  Please verify your MFA serial number is valid and associated with this user." : "."}`,
  );
});

test("the token is padded to the size asked for", () => {
  const sizeFor = (minimumTokenBytes: number): number => {
    const outcome = assume({ ...plain, minimumTokenBytes });
    return outcome.ok ? outcome.value.session.sessionToken.length : NaN;
  };
  expect([0, 736, 737, 740, 741, 4096].map(sizeFor)).toEqual([736, 736, 740, 740, 744, 4096]);
});

test("what the session carries makes its token larger, inherited tags too, up to the largest token", () => {
  const inheriting = (count: number): Outcome<AssumedRole> => {
    const keys = Array.from({ length: count }, (_, i) => `k${i + 10}`);
    const tags = Object.fromEntries(keys.map((key) => [key, "v".repeat(256)]));
    return assume(plain, { caller: { tags, transitiveTagKeys: keys } });
  };
  // (540 + 9 * 261) bytes are 3,852 characters of base64 after the 16 that every token begins with.
  expect(inheriting(9)).toMatchObject({ value: { tokenUtilization: 95 } });
  const [nine, ten] = [inheriting(9), inheriting(10)];
  expect(nine.ok ? nine.value.session.sessionToken.length : 0).toBe(16 + 3852);
  expect(nine.ok && nine.value.packedPolicySize).toBeUndefined();
  expect(refusal(ten)).toBe(
    "PackedPolicyTooLarge: Packed policy consumes 103% of allotted space, please use smaller policy.",
  );
});

test("a managed policy limits the session as an inline one does", () => {
  const document = policy("identity", { Action: "s3:GetObject", Resource: "*" });
  expect(assume({ ...plain, policy: { arns: ["a"], document } })).toMatchObject({
    value: { session: { sessionPolicy: document } },
  });
});
