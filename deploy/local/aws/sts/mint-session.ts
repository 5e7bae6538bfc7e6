// The last step of both ways to assume a role: duration, packed size, and the session itself.
import type { AwsError, Caller, Outcome, Role } from "../model.js";
import { sessionTokenBytes, type Sessions } from "../sessions.js";
import { integers } from "./constraints.js";
import { packedBytes, percentOf } from "./packed-policy-size.js";
import { packedPolicyTooLarge, refused, validationError } from "./refusals.js";
import type { SessionRequest } from "./session-request.js";
import type { Tag } from "./session-tags.js";

export interface AssumedRole {
  readonly session: Caller;
  /** In percent; absent when neither a policy nor tags were passed. */
  readonly packedPolicySize?: number;
  /** In percent of the largest token. */
  readonly tokenUtilization: number;
}

/** What the session has beside its request: from the caller, or from the claims of a token. */
export interface SessionAttributes {
  readonly sourceIdentity?: string;
  /** Passed with this request: only these count for the packed size. */
  readonly tags: readonly Tag[];
  /** Of these and those inherited. */
  readonly transitiveTagKeys: readonly string[];
  readonly inherited: readonly Tag[];
  readonly federatedProvider?: string;
}

/** A session that was itself got by assuming a role cannot lend for longer. */
const chainedSessionSeconds = 3600;
/** Not documented; the largest that can be asked for. */
const maxTokenBytes = integers.MinimumSessionTokenSize.most;

export function findDurationFault(
  { durationSeconds }: SessionRequest,
  role: Role,
  { isChained }: { readonly isChained: boolean },
): AwsError | undefined {
  if (durationSeconds > role.maxSessionDurationSeconds) {
    return validationError("The requested DurationSeconds exceeds the MaxSessionDuration set for this role.");
  }
  return isChained && durationSeconds > chainedSessionSeconds
    ? validationError(
        "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.",
      )
    : undefined;
}

export function mintSession(
  role: Role,
  request: SessionRequest,
  attributes: SessionAttributes,
  sessions: Sessions,
): Outcome<AssumedRole> {
  const { policy } = request;
  const { tags, inherited, transitiveTagKeys, sourceIdentity, federatedProvider } = attributes;
  const policies = policy ?? { arns: [] };
  const packed = percentOf(packedBytes(policies, tags));
  // Inherited tags are in the token, and are not of this request.
  const token = {
    contentBytes: packedBytes(policies, [...inherited, ...tags]),
    minimumBytes: request.minimumTokenBytes,
  };
  const tokenUtilization = percentOf(sessionTokenBytes(token), maxTokenBytes);
  const fill = Math.max(packed, tokenUtilization);
  if (fill > 100) return refused(packedPolicyTooLarge(fill));
  const session = sessions.mint(role, {
    sessionName: request.roleSessionName,
    durationSeconds: request.durationSeconds,
    token,
    ...(sourceIdentity === undefined ? {} : { sourceIdentity }),
    ...(policy === undefined ? {} : { sessionPolicy: policy.document }),
    ...(federatedProvider === undefined ? {} : { federatedProvider }),
    tags: Object.fromEntries([...inherited, ...tags].map(({ key, value }) => [key, value] as const)),
    transitiveTagKeys,
  });
  const isPacked = policy !== undefined || tags.length > 0;
  return {
    ok: true,
    value: { session, tokenUtilization, ...(isPacked ? { packedPolicySize: packed } : {}) },
  };
}
