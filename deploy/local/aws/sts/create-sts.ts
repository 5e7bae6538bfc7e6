// The twin's Security Token Service: AssumeRole, AssumeRoleWithWebIdentity and GetCallerIdentity in STS's query protocol.
// https://docs.aws.amazon.com/STS/latest/APIReference/welcome.html
// Every other action is InvalidAction; but for a web identity there is no answer without a verified signature.
import type { Clock } from "../../../../server/ports.js";
import type { AwsError, Caller, Outcome, SignedRequest, Template } from "../model.js";
import type { Sessions } from "../sessions.js";
import type { Verify } from "../sigv4/verify-request.js";
import { failure, result, signatureFailure, type StsAnswer } from "./answer.js";
import { assumeRole } from "./assume-role.js";
import { readAssumeRoleInput } from "./assume-role-input.js";
import { assumeRoleWithWebIdentity } from "./assume-role-with-web-identity.js";
import { describeAssumedRole, describeFederatedRole } from "./describe-session.js";
import { createProviderKeys } from "./provider-keys.js";
import { readQueryRequest, type Parameters } from "../query-protocol/query-request.js";
import { accessDenied, notAuthorized, throttled } from "./refusals.js";
import { createWebIdentityVerifier, type VerifyWebIdentity } from "./verify-web-identity.js";
import { readWebIdentityInput } from "./web-identity-input.js";

/**
 * A trouble of AWS's that a test can ask for. `throttle`: 400 Throttling. `deny`: 403 AccessDenied. `drop`: the connection
 * is closed without an answer. `slow`: goes on when the promise resolves; with one that never does, it hangs.
 */
export type StsFault = "throttle" | "deny" | "drop" | { readonly slow: Promise<void> };

export interface StsSettings {
  readonly template: Template;
  readonly sessions: Sessions;
  readonly clock: Clock;
  readonly verify: Verify;
  readonly log: (line: string) => void;
  /** Say for a denied request which statement was missing. */
  readonly explain?: boolean;
  /** Asked once for each request whose signature holds, or that needs none. */
  readonly fault?: () => StsFault | undefined;
}

export interface Sts {
  /** `undefined`: close the connection without an answer. */
  handle(request: SignedRequest): Promise<StsAnswer | undefined>;
  /** Answers what is slow, with 503. */
  close(): void;
}

const version = "2011-06-15";
const closed: AwsError = { status: 503, type: "ServiceUnavailable", message: "The local twin is closing." };
/** STS asks no signature for them. */
const unsignedActions = new Set(["AssumeRoleWithSAML", "AssumeRoleWithWebIdentity"]);
const notServed = new Set([
  "AssumeRoleWithSAML",
  "AssumeRoot",
  "DecodeAuthorizationMessage",
  "GetAccessKeyInfo",
  "GetDelegatedAccessToken",
  "GetFederationToken",
  "GetSessionToken",
  "GetWebIdentityToken",
]);

type Performing = StsSettings & { readonly verifyWebIdentity: VerifyWebIdentity };

export function createSts(settings: StsSettings): Sts {
  const { template, clock, log } = settings;
  const findKeys = createProviderKeys({ clock, warn: log });
  const verifyWebIdentity = createWebIdentityVerifier({ providers: template.oidcProviders, findKeys, clock });
  let close: () => void = () => undefined;
  const closing = new Promise<"closed">((resolve) => {
    close = () => {
      resolve("closed");
    };
  });

  const handle = async (request: SignedRequest): Promise<StsAnswer | undefined> => {
    const parameters = readQueryRequest(request);
    if (!parameters.ok) return failure(parameters.error);
    const caller = await findCaller(request, parameters.value, settings.verify);
    if (!caller.ok) return signatureFailure(caller.error);
    const fault = settings.fault?.();
    if (fault !== undefined) log(describeFault(fault, parameters.value));
    if (fault === "drop") return undefined;
    if (fault === "throttle") return failure(throttled);
    if (fault === "deny") return failure(denied(caller.value));
    if (fault !== undefined && (await Promise.race([fault.slow, closing])) === "closed")
      return failure(closed);
    return perform(parameters.value, caller.value, { ...settings, verifyWebIdentity });
  };
  return { handle, close };
}

const describeFault = (fault: StsFault, parameters: Parameters): string =>
  `STS was asked to fail: ${typeof fault === "string" ? fault : "slow"} (${parameters.get("Action") ?? ""})`;

/** `undefined` for an action without signature; one that is there all the same must hold. */
async function findCaller(
  request: SignedRequest,
  parameters: Parameters,
  verify: Verify,
): Promise<Outcome<Caller | undefined>> {
  const isSigned = request.rawHeaders.some((text, at) => at % 2 === 0 && /^authorization$/i.test(text));
  const mayBeUnsigned = unsignedActions.has(parameters.get("Action") ?? "");
  return mayBeUnsigned && !isSigned ? { ok: true, value: undefined } : verify(request, "sts");
}

const denied = (caller: Caller | undefined): AwsError =>
  caller === undefined
    ? notAuthorized("sts:AssumeRoleWithWebIdentity")
    : accessDenied(caller, "sts:AssumeRole", "*");

async function perform(
  parameters: Parameters,
  caller: Caller | undefined,
  settings: Performing,
): Promise<StsAnswer> {
  const action = parameters.get("Action");
  if (parameters.get("Version") !== version) return unknownAction(parameters);
  if (action === "AssumeRoleWithWebIdentity") return performWebIdentity(parameters, settings);
  if (caller !== undefined && action === "AssumeRole") return performAssumeRole(parameters, caller, settings);
  if (caller !== undefined && action === "GetCallerIdentity") return describeCaller(caller);
  return unknownAction(parameters);
}

function unknownAction(parameters: Parameters): StsAnswer {
  const action = parameters.get("Action") ?? "";
  const asked = `Could not find operation ${action} for version ${parameters.get("Version") ?? "NO_VERSION_SPECIFIED"}`;
  const message = notServed.has(action) ? `${asked}: ${action} is not served by the local twin` : asked;
  return failure({ status: 400, type: "InvalidAction", message });
}

/** Needs no permission, and no policy can deny it. */
const describeCaller = ({ arn, userId, accountId }: Caller): StsAnswer =>
  result("GetCallerIdentity", [
    ["Arn", arn],
    ["UserId", userId],
    ["Account", accountId],
  ]);

function performAssumeRole(parameters: Parameters, caller: Caller, settings: StsSettings): StsAnswer {
  const input = readAssumeRoleInput(parameters, settings.template.managedPolicies);
  if (!input.ok) return failure(input.error);
  const assumed = assumeRole(caller, input.value, { ...settings, warn: settings.log });
  return assumed.ok ? describeAssumedRole(assumed.value) : failure(assumed.error);
}

async function performWebIdentity(parameters: Parameters, settings: Performing): Promise<StsAnswer> {
  const input = readWebIdentityInput(parameters, settings.template.managedPolicies);
  if (!input.ok) return failure(input.error);
  const assumed = await assumeRoleWithWebIdentity(input.value, { ...settings, warn: settings.log });
  return assumed.ok ? describeFederatedRole(assumed.value) : failure(assumed.error);
}
