// deploy/fly/oidc.yaml in the local AWS, with tokens as Fly's provider makes them. The local AWS fetches keys from
// loopback only, so they are handed to its verifier; all else is what any AssumeRoleWithWebIdentity goes through.
import { loadTemplate } from "../../../deploy/local/aws/template/load-template.js";
import { evaluate, policiesOf } from "../../../deploy/local/aws/iam/evaluate.js";
import { callerContext } from "../../../deploy/local/aws/iam/context.js";
import type { Caller, Outcome, Template } from "../../../deploy/local/aws/model.js";
import { createSessions } from "../../../deploy/local/aws/sessions.js";
import { assumeRole } from "../../../deploy/local/aws/sts/assume-role.js";
import { assumeRoleWithWebIdentity } from "../../../deploy/local/aws/sts/assume-role-with-web-identity.js";
import { createWebIdentityVerifier } from "../../../deploy/local/aws/sts/verify-web-identity.js";
import { createTokenKeys } from "../local/sts/web-identity-tokens.js";
import { now, roleArn, silent } from "../local/iam/sample-caller.js";

const settings = { accountId: "123456789012", region: "eu-west-1" };
const parameters = {
  FlyOrganization: "acme",
  FlyApp: "grantway",
  InvokeRoleArns: `${roleArn("grantway-analyst")}, ${roleArn("grantway-reader")}`,
};
const gatewayRole = roleArn("grantway-fly-gateway");
const issuer = "https://oidc.fly.io/acme";
const keys = createTokenKeys("RS256");
const clock = () => now;
const sessions = createSessions({ clock });
let template: Template;

const load = (changes: Readonly<Record<string, string>> = {}): Promise<Template> =>
  loadTemplate("deploy/fly/oidc.yaml", {
    ...{ ...settings, stackName: "grantway-fly" },
    parameters: { ...parameters, ...changes },
  });

beforeAll(async () => {
  template = await load();
});

const machine = "acme:grantway:muddy-leaf-1234";
/** As in https://fly.io/docs/security/openid-connect/ */
const claims = {
  iss: issuer,
  sub: machine,
  aud: "sts.amazonaws.com",
  ...{ app_name: "grantway", org_name: "acme", machine_name: "muddy-leaf-1234", region: "lhr" },
};

async function exchange(
  changes: object = {},
  { providers = template.oidcProviders } = {},
): Promise<Outcome<Caller>> {
  const verifyWebIdentity = createWebIdentityVerifier({
    providers,
    findKeys: () => Promise.resolve({ ok: true, value: keys.published }),
    clock,
  });
  const webIdentityToken = await keys.sign({ ...claims, ...changes });
  const input = {
    roleArn: gatewayRole,
    roleSessionName: "muddy-leaf-1234",
    durationSeconds: 3600,
    minimumTokenBytes: 0,
    webIdentityToken,
  };
  const assumed = await assumeRoleWithWebIdentity(input, {
    ...{ template, sessions, clock, verifyWebIdentity },
    warn: silent,
  });
  return assumed.ok ? { ok: true, value: assumed.value.session } : assumed;
}
const outcomeOf = (outcome: Outcome<unknown>): string => (outcome.ok ? "given" : outcome.error.type);

async function gatewaySession(): Promise<Caller> {
  const session = await exchange();
  if (!session.ok) throw new Error(session.error.message);
  return session.value;
}

describe("the gateway's role is given", () => {
  test.each([
    ["to a Machine of the app", {}, "given"],
    ["to another Machine of the app", { sub: "acme:grantway:cold-sun-9" }, "given"],
    ["not to another app of the organisation", { sub: "acme:other:m" }, "AccessDenied"],
    ["not to an app whose name begins like it", { sub: "acme:grantway-staging:m" }, "AccessDenied"],
    ["not to a Machine that is called like the app", { sub: "acme:other:grantway:m" }, "AccessDenied"],
    ["not to an app without a Machine", { sub: "acme:grantway" }, "AccessDenied"],
    ["not to that app of another organisation", { sub: "evil:grantway:m" }, "AccessDenied"],
    ["not to another organisation's token", { iss: "https://oidc.fly.io/evil" }, "InvalidIdentityToken"],
    [
      "not to a token that only says it is Fly's",
      { iss: "https://oidc.fly.io.evil/acme" },
      "InvalidIdentityToken",
    ],
    ["not for Fly's default audience", { aud: "https://fly.io/acme" }, "InvalidIdentityToken"],
    ["not for another service's audience", { aud: "https://api.example.com" }, "InvalidIdentityToken"],
    ["not to a token of yesterday", { exp: now / 1000 - 86_400 }, "ExpiredTokenException"],
  ])("%s", async (_what, changes, outcome) => {
    expect(outcomeOf(await exchange(changes))).toBe(outcome);
  });

  test("nor for an audience that the account's provider takes for somebody else", async () => {
    const aud = "https://api.example.com";
    const providers = template.oidcProviders.map(({ clientIds, ...provider }) => ({
      ...provider,
      clientIds: [...clientIds, aud],
    }));
    expect(outcomeOf(await exchange({ aud }, { providers }))).toBe("AccessDenied");
    expect(outcomeOf(await exchange({}, { providers }))).toBe("given");
  });

  test("nor without a token: no other principal is trusted", async () => {
    const input = { roleArn: gatewayRole, roleSessionName: "again", durationSeconds: 900, tags: [] };
    const again = { ...input, transitiveTagKeys: [], minimumTokenBytes: 0 };
    const outcome = assumeRole(await gatewaySession(), again, { template, sessions, clock, warn: silent });
    expect(outcomeOf(outcome)).toBe("AccessDenied");
  });
});

describe("that role may", () => {
  const may = (caller: Caller, action: string, resource: string): boolean => {
    const context = callerContext(caller, settings.region, now);
    return evaluate({ action, resource, context }, policiesOf(caller), silent).allowed;
  };
  const lending = ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"] as const;

  test("lend the roles it was given, and no others", async () => {
    const caller = await gatewaySession();
    for (const action of lending) {
      for (const name of ["grantway-analyst", "grantway-reader"])
        expect(may(caller, action, roleArn(name))).toBe(true);
      for (const name of ["admin", "grantway-analyst-2", "grantway-fly-gateway", "x/grantway-analyst"])
        expect(may(caller, action, roleArn(name))).toBe(false);
      expect(may(caller, action, "arn:aws:iam::999999999999:role/grantway-analyst")).toBe(false);
    }
  });

  test("do nothing else", async () => {
    const caller = await gatewaySession();
    const fn = "arn:aws:lambda:eu-west-1:123456789012:function:grantway-hello:live";
    expect(may(caller, "lambda:InvokeFunctionUrl", fn)).toBe(false);
    expect(may(caller, "lambda:InvokeFunction", fn)).toBe(false);
    expect(may(caller, "iam:PassRole", roleArn("grantway-analyst"))).toBe(false);
    expect(may(caller, "sts:AssumeRoleWithWebIdentity", roleArn("grantway-analyst"))).toBe(false);
  });

  test("lend the analyst of functions.yaml, which trusts it, with tag and source identity, for an hour", async () => {
    const functions = await loadTemplate("deploy/aws/functions.yaml", {
      ...{ ...settings, stackName: "grantway" },
      parameters: { GatewayRoleArn: gatewayRole },
    });
    const both = { ...functions, roles: [...functions.roles, ...template.roles] };
    const caller = await gatewaySession();
    const assume = (tags: { readonly key: string; readonly value: string }[], durationSeconds = 3600) =>
      outcomeOf(
        assumeRole(
          caller,
          {
            ...{ roleArn: roleArn("grantway-analyst"), roleSessionName: "alice", sourceIdentity: "alice" },
            ...{ durationSeconds, tags, transitiveTagKeys: [], minimumTokenBytes: 0 },
          },
          { template: both, sessions, clock, warn: silent },
        ),
      );
    expect(assume([{ key: "tenant", value: "acme" }])).toBe("given");
    expect(assume([])).toBe("AccessDenied");
    expect(assume([{ key: "tenant", value: "acme" }], 3601)).toBe("ValidationError");
  });
});

describe("the template", () => {
  test("asks AWS for no thumbprint and no other audience", () => {
    expect(template.oidcProviders).toEqual([
      {
        arn: "arn:aws:iam::123456789012:oidc-provider/oidc.fly.io/acme",
        url: issuer,
        clientIds: ["sts.amazonaws.com"],
      },
    ]);
  });

  test("uses the organisation's provider where the account has it already", async () => {
    const { oidcProviders, roles } = await load({ MakeProvider: "false" });
    expect(oidcProviders).toEqual([]);
    expect(roles).toEqual(template.roles);
  });

  test.each([
    ["FlyOrganization", "acme*"],
    ["FlyOrganization", 'acme", "x'],
    ["FlyApp", "*"],
    ["FlyApp", "grantway:*"],
    ["FlyApp", ""],
    ["InvokeRoleArns", "*"],
    ["InvokeRoleArns", "arn:aws:iam::123456789012:role/*"],
    ["InvokeRoleArns", `${roleArn("analyst")},arn:aws:iam::123456789012:role/a?`],
    ["InvokeRoleArns", ""],
  ])("refuses %s=%s, which would let in more", async (name, value) => {
    await expect(load({ [name]: value })).rejects.toThrow(name);
  });
});
