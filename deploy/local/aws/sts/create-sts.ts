// The twin's Security Token Service: AssumeRole and GetCallerIdentity in STS's query protocol.
// https://docs.aws.amazon.com/STS/latest/APIReference/welcome.html
// Every other action is InvalidAction; without a verified signature there is no answer but a refusal.
import type { Clock } from "../../../../server/ports.js";
import type { AwsError, Caller, SignedRequest, Template } from "../model.js";
import type { Sessions } from "../sessions.js";
import type { Verify } from "../sigv4/verify-request.js";
import { failure, result, type StsAnswer } from "./answer.js";
import { accessDenied, assumeRole, type AssumedRole } from "./assume-role.js";
import { readAssumeRoleInput } from "./assume-role-input.js";
import { readQueryRequest, type Parameters } from "./query-request.js";

/** A trouble of AWS's that a test can ask for. */
export type StsFault = "throttle" | "deny" | "hang";

export interface StsSettings {
  readonly template: Template;
  readonly sessions: Sessions;
  readonly clock: Clock;
  readonly verify: Verify;
  readonly log: (line: string) => void;
  /** Asked once for each request whose signature holds. */
  readonly fault?: () => StsFault | undefined;
}

export interface Sts {
  handle(request: SignedRequest): Promise<StsAnswer>;
  /** Answers what hangs, with 503. */
  close(): void;
}

const version = "2011-06-15";
const throttled: AwsError = { status: 400, type: "Throttling", message: "Rate exceeded" };
const closed: AwsError = { status: 503, type: "ServiceUnavailable", message: "The local twin is closing." };

export function createSts(settings: StsSettings): Sts {
  const hanging = new Set<(answer: StsAnswer) => void>();
  let isClosed = false;

  const hang = (): Promise<StsAnswer> =>
    isClosed ? Promise.resolve(failure(closed)) : new Promise((resolve) => hanging.add(resolve));

  const handle = async (request: SignedRequest): Promise<StsAnswer> => {
    const parameters = readQueryRequest(request);
    if (!parameters.ok) return failure(parameters.error);
    const caller = await settings.verify(request, "sts");
    if (!caller.ok) return failure(caller.error);
    const fault = settings.fault?.();
    if (fault === "hang") return hang();
    if (fault === "throttle") return failure(throttled);
    if (fault === "deny") return failure(accessDenied(caller.value, "sts:AssumeRole", "*"));
    return perform(parameters.value, caller.value, settings);
  };
  const close = (): void => {
    isClosed = true;
    for (const resolve of hanging) resolve(failure(closed));
    hanging.clear();
  };
  return { handle, close };
}

function perform(parameters: Parameters, caller: Caller, settings: StsSettings): StsAnswer {
  const action = parameters.get("Action") ?? "";
  const isKnown = action === "AssumeRole" || action === "GetCallerIdentity";
  if (!isKnown || parameters.get("Version") !== version) {
    const message = `Could not find operation ${action} for version ${parameters.get("Version") ?? "NO_VERSION_SPECIFIED"}`;
    return failure({ status: 400, type: "InvalidAction", message });
  }
  if (action === "GetCallerIdentity") return describeCaller(caller);
  const input = readAssumeRoleInput(parameters);
  if (!input.ok) return failure(input.error);
  const assumed = assumeRole(caller, input.value, { ...settings, warn: settings.log });
  return assumed.ok ? describeSession(assumed.value) : failure(assumed.error);
}

/** Needs no permission, and no policy can deny it. */
const describeCaller = ({ arn, userId, accountId }: Caller): StsAnswer =>
  result("GetCallerIdentity", [
    ["Arn", arn],
    ["UserId", userId],
    ["Account", accountId],
  ]);

function describeSession({ session, packedPolicySize }: AssumedRole): StsAnswer {
  const { sourceIdentity } = session;
  return result("AssumeRole", [
    ...(sourceIdentity === undefined ? [] : ([["SourceIdentity", sourceIdentity]] as const)),
    [
      "AssumedRoleUser",
      [
        ["AssumedRoleId", session.userId],
        ["Arn", session.arn],
      ],
    ],
    [
      "Credentials",
      [
        ["AccessKeyId", session.accessKeyId],
        ["SecretAccessKey", session.secretAccessKey],
        ["SessionToken", session.sessionToken],
        ["Expiration", new Date(session.expiration).toISOString().replace(".000Z", "Z")],
      ],
    ],
    ...(packedPolicySize === undefined ? [] : ([["PackedPolicySize", packedPolicySize]] as const)),
  ]);
}
