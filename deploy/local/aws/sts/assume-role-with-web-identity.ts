// AssumeRoleWithWebIdentity: a role for whoever has an ID token that the role's trust policy takes. The caller has no
// policies of its own: the trust policy alone decides, for each of the actions that the request needs.
// https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html
import { principalContext, type Context } from "../iam/context.js";
import { evaluateTrust } from "../iam/evaluate.js";
import { reportDenial } from "../iam/explain.js";
import type { AwsError, Outcome, Role } from "../model.js";
import { isRoleArn, type AssumeRoleSettings } from "./assume-role.js";
import { findDurationFault, mintSession, type AssumedRole } from "./mint-session.js";
import { notAuthorized, refused, validationError } from "./refusals.js";
import { furtherActions, requestContext } from "./request-context.js";
import type { VerifyWebIdentity, WebIdentity } from "./verify-web-identity.js";
import type { WebIdentityInput } from "./web-identity-input.js";

export interface WebIdentitySettings extends AssumeRoleSettings {
  readonly verifyWebIdentity: VerifyWebIdentity;
}

export interface FederatedRole extends AssumedRole {
  readonly identity: WebIdentity;
}

const assume = "sts:AssumeRoleWithWebIdentity";

export async function assumeRoleWithWebIdentity(
  input: WebIdentityInput,
  settings: WebIdentitySettings,
): Promise<Outcome<FederatedRole>> {
  if (!isRoleArn(input.roleArn)) return refused(validationError("Request ARN is invalid"));
  const verified = await settings.verifyWebIdentity(input.webIdentityToken);
  if (!verified.ok) return verified;
  const identity = verified.value;
  const role = settings.template.roles.find(({ arn }) => arn === input.roleArn);
  if (role === undefined) {
    settings.warn(`${input.roleArn} is not a role of the template`);
    return refused(notAuthorized(assume));
  }
  const fault =
    findDeniedAction(identity, role, input, settings) ?? findDurationFault(input, role, { isChained: false });
  if (fault !== undefined) return refused(fault);
  const attributes = { ...identity, inherited: [], federatedProvider: identity.provider.arn };
  const minted = mintSession(role, input, attributes, settings.sessions);
  return minted.ok ? { ok: true, value: { ...minted.value, identity } } : minted;
}

function findDeniedAction(
  identity: WebIdentity,
  role: Role,
  { roleSessionName }: WebIdentityInput,
  settings: WebIdentitySettings,
): AwsError | undefined {
  const { template, clock, warn } = settings;
  const principal = { kind: "federated", providerArn: identity.provider.arn } as const;
  const base = { ...principalContext(principal, template.region, clock()), ...claimsContext(identity) };
  for (const action of [assume, ...furtherActions(identity)]) {
    const context = { ...base, ...requestContext(action, role, { ...identity, roleSessionName }) };
    const decision = evaluateTrust(role.trustPolicy, { action, principal, context, role }, warn);
    if (decision.allowed) continue;
    reportDenial(`${identity.subject} of ${identity.provider.url} -> ${role.arn}`, decision, settings);
    return notAuthorized(action);
  }
  return undefined;
}

/** Of the token's claims AWS gives a trust policy these three, under the provider's own name. */
function claimsContext({ provider, subject, audience, amr }: WebIdentity): Context {
  const prefix = provider.url.replace(/^https?:\/\//, "").toLowerCase();
  return {
    [`${prefix}:sub`]: subject,
    [`${prefix}:aud`]: audience,
    ...(amr.length === 0 ? {} : { [`${prefix}:amr`]: amr }),
  };
}
