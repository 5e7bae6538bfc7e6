import type { Outcome, Role } from "../../../../deploy/local/aws/model.js";
import { createSessions } from "../../../../deploy/local/aws/sessions.js";
import {
  assumeRoleWithWebIdentity,
  type FederatedRole,
} from "../../../../deploy/local/aws/sts/assume-role-with-web-identity.js";
import type { WebIdentity } from "../../../../deploy/local/aws/sts/verify-web-identity.js";
import type { WebIdentityInput } from "../../../../deploy/local/aws/sts/web-identity-input.js";
import { now, roleArn, templateOf } from "../iam/sample-caller.js";
import { clientId, federatedRole, federatedTrust, oidcProvider } from "./web-identity-tokens.js";

const provider = oidcProvider();
const [assuming, tagging, naming] = [
  "sts:AssumeRoleWithWebIdentity",
  "sts:TagSession",
  "sts:SetSourceIdentity",
] as const;
const alice: WebIdentity = {
  provider,
  subject: "alice-1234",
  audience: clientId,
  amr: [],
  tags: [],
  transitiveTagKeys: [],
};
const full: WebIdentity = {
  ...alice,
  amr: ["mfa"],
  tags: [{ key: "tenant", value: "acme" }],
  transitiveTagKeys: ["tenant"],
  sourceIdentity: "alice",
};
const plain: WebIdentityInput = {
  roleArn: roleArn("federated"),
  roleSessionName: "app",
  durationSeconds: 3600,
  minimumTokenBytes: 0,
  webIdentityToken: "token",
};

let lines: string[] = [];
function assume(
  {
    role = federatedRole(federatedTrust(provider)),
    identity = alice,
  }: { readonly role?: Role; readonly identity?: WebIdentity },
  changes: Partial<WebIdentityInput> = {},
): Promise<Outcome<FederatedRole>> {
  lines = [];
  const clock = (): number => now;
  return assumeRoleWithWebIdentity(
    { ...plain, ...changes },
    {
      template: { ...templateOf(role), oidcProviders: [provider] },
      sessions: createSessions({ clock }),
      clock,
      warn: (line) => void lines.push(line),
      verifyWebIdentity: () => Promise.resolve({ ok: true, value: identity }),
    },
  );
}
const refusal = (outcome: Outcome<FederatedRole>): string =>
  outcome.ok ? "accepted" : `${outcome.error.status} ${outcome.error.type}: ${outcome.error.message}`;
const denied = (action: string): string => `403 AccessDenied: Not authorized to perform ${action}`;
const trusting = (...Action: string[]): Role => federatedRole(federatedTrust(provider, { Action }));

test("the session is the federated user's, and says so", async () => {
  const outcome = await assume({ identity: full, role: trusting(assuming, tagging, naming) });
  expect(outcome).toMatchObject({
    value: {
      identity: full,
      packedPolicySize: 1,
      session: {
        arn: "arn:aws:sts::123456789012:assumed-role/federated/app",
        federatedProvider: provider.arn,
        tags: { tenant: "acme" },
        transitiveTagKeys: ["tenant"],
        sourceIdentity: "alice",
      },
    },
  });
});

test.each<[string, WebIdentity, Role, string]>([
  ["a role that trusts the provider", alice, trusting(assuming), "accepted"],
  ["a role that trusts it to tag only", alice, trusting(tagging), denied(assuming)],
  ["tags without sts:TagSession", full, trusting(assuming, naming), denied(tagging)],
  ["a source identity without its action", full, trusting(assuming, tagging), denied(naming)],
  [
    "a role that trusts another provider",
    alice,
    federatedRole(federatedTrust(oidcProvider("http://127.0.0.1:4001"))),
    denied(assuming),
  ],
  [
    "a role that denies",
    alice,
    federatedRole(federatedTrust(provider, {}, { Effect: "Deny" })),
    denied(assuming),
  ],
])("%s", async (_title, identity, role, expected) => {
  expect(refusal(await assume({ identity, role }))).toBe(expected);
  expect(lines.length > 0).toBe(expected !== "accepted");
});

const when = (Condition: object): Role =>
  federatedRole(federatedTrust(provider, { Condition }, { Action: [tagging, naming] }));
const equals = (key: string, value: string): object => ({ StringEquals: { [key]: value } });

test.each<[string, object, boolean]>([
  ["the subject", equals("127.0.0.1:4000:sub", "alice-1234"), true],
  ["another subject", equals("127.0.0.1:4000:sub", "bob"), false],
  ["the audience", equals("127.0.0.1:4000:aud", clientId), true],
  ["another audience", equals("127.0.0.1:4000:aud", "other"), false],
  ["the subject of another provider", equals("127.0.0.1:4001:sub", "alice-1234"), false],
  ["how the user logged in", { "ForAnyValue:StringEquals": { "127.0.0.1:4000:amr": "mfa" } }, true],
  ["another way to log in", { "ForAnyValue:StringEquals": { "127.0.0.1:4000:amr": "hwk" } }, false],
  ["a claim that AWS does not give", equals("127.0.0.1:4000:email", "alice@example.com"), false],
  ["the session name", equals("sts:RoleSessionName", "app"), true],
  ["another session name", equals("sts:RoleSessionName", "root"), false],
  ["a tag", equals("aws:RequestTag/tenant", "acme"), true],
  ["another tag", equals("aws:RequestTag/tenant", "globex"), false],
  ["the source identity", equals("sts:SourceIdentity", "alice"), true],
  ["the caller's ARN, which a stranger does not have", { ArnLike: { "aws:PrincipalArn": "*" } }, false],
])("a trust policy's condition on %s", async (_title, condition, allowed) => {
  expect((await assume({ identity: full, role: when(condition) })).ok).toBe(allowed);
});

test.each([
  [43_200, 43_200, "accepted"],
  [
    43_200,
    3600,
    "400 ValidationError: The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
  ],
])("%i seconds where the role has %i: %s", async (durationSeconds, maxSessionDurationSeconds, expected) => {
  const role = federatedRole(federatedTrust(provider), { maxSessionDurationSeconds });
  expect(refusal(await assume({ role }, { durationSeconds }))).toBe(expected);
});

test("an unknown role is denied as one that does not trust", async () => {
  expect(refusal(await assume({}, { roleArn: roleArn("nobody") }))).toBe(denied(assuming));
  expect(lines.join()).toContain("role/nobody is not a role of the template");
});

test("an ARN that is none of a role is refused by its form", async () => {
  const outcome = await assume({}, { roleArn: "arn:aws:iam::123456789012:user/alice" });
  expect(refusal(outcome)).toBe("400 ValidationError: Request ARN is invalid");
});

test("tags that are too large together are refused", async () => {
  const tags = Array.from({ length: 8 }, (_, i) => ({ key: `k${i}`, value: "v".repeat(256) }));
  const outcome = await assume({ identity: { ...full, tags }, role: trusting(assuming, tagging, naming) });
  expect(refusal(outcome)).toBe(
    "400 PackedPolicyTooLarge: Packed policy consumes 102% of allotted space, please use smaller policy.",
  );
});
